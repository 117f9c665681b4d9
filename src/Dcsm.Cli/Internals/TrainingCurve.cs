using System.Text.Json.Nodes;
using Dcsm.Evaluation.Reports;

namespace Dcsm.Cli.Internals;

/// <summary>The curve of a head's training, from the <c>metrics.jsonl</c> that it leaves.</summary>
internal static class TrainingCurve
{
    public static IReadOnlyList<CurvePoint> Read(string headDirectory)
    {
        string path = Path.Combine(headDirectory, "metrics.jsonl");
        return File.Exists(path) ? [.. File.ReadLines(path).Select(Point).OfType<CurvePoint>()] : [];
    }

    private static CurvePoint? Point(string line) => JsonNode.Parse(line) is not JsonObject point ? null : new CurvePoint(
        point["step"]!.GetValue<int>(),
        point["seconds"]!.GetValue<double>(),
        point["loss"]!.GetValue<double>(),
        // The mean of all kinds on unseen objects, or on what there is.
        (point["validation"] as JsonObject) is { Count: > 0 } validation
            ? ((validation["unseen_objects"] ?? validation.First().Value) as JsonObject)?.Average(kind => kind.Value!.GetValue<double>())
            : null);
}
