using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Training.Heads;

namespace Dcsm.Cli.Runs;

/// <summary>Says how many samples of which kind are trained on and held out.</summary>
internal static class TrainingSummary
{
    /// <summary>A line for each data set, and one more where nothing is held out.</summary>
    public static IEnumerable<string> Lines(IHeadTrainingSource source)
    {
        JsonObject description = source.Describe();
        IEnumerable<string> lines = description["parts"] is JsonArray parts
            ? parts.OfType<JsonObject>().Select(part => Line((string)part["name"]!, (JsonObject)part["data"]!, (double?)part["weight"]))
            : [Line((string)description["source"]!, description, weight: null)];
        return source.Validation.Count > 0 ? lines : lines.Append("nothing is held out: there is no validation");
    }

    private static string Line(string name, JsonObject data, double? weight)
    {
        string share = weight is { } number ? string.Create(CultureInfo.InvariantCulture, $" (weight {number:0.###})") : "";
        string pictures = data["pictures"] is { } count ? $"{count} pictures, " : "";
        string trained = data["samples"] is JsonObject samples ? pictures + List(samples) : "new samples without end";
        string[] heldOut =
        [
            .. (data["heldOut"] as JsonObject ?? []).Select(part =>
                part.Value is JsonObject { Count: > 0 } kinds ? $"{part.Key}: {List(kinds)}" : part.Key
            ),
        ];
        return $"{name}{share}: trains on {trained}" + (heldOut.Length > 0 ? $"; holds out {string.Join("; ", heldOut)}" : "");
    }

    private static string List(JsonObject kinds) => string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"));
}
