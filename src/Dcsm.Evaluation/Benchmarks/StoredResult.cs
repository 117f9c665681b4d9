using System.Text.Json;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>What a <c>results.json</c> of <see cref="BenchmarkResult"/> holds, to be put beside another one.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="Items">Items that were judged.</param>
/// <param name="AnnotationHashes">Hashes of the annotation files, sorted.</param>
/// <param name="Scorers">Each scorer's figures with intervals, by key.</param>
public sealed record StoredResult(
    string Benchmark,
    int Items,
    IReadOnlyList<string> AnnotationHashes,
    IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> Scorers
)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static StoredResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            return new StoredResult(
                root.GetProperty("benchmark").GetString()!,
                root.GetProperty("items").GetInt32(),
                [
                    .. root.GetProperty("annotationFiles")
                        .EnumerateObject()
                        .Select(file => file.Value.GetString()!)
                        .Order(StringComparer.Ordinal),
                ],
                [
                    .. root.GetProperty("results")
                        .EnumerateArray()
                        .Select(result =>
                            (
                                result.GetProperty("scorer").GetString()!,
                                (IReadOnlyDictionary<string, Estimate>)
                                    result
                                        .GetProperty("estimates")
                                        .EnumerateArray()
                                        .ToDictionary(
                                            estimate => estimate.GetProperty("key").GetString()!,
                                            estimate => Number(estimate.GetProperty("estimate"))
                                        )
                            )
                        ),
                ]
            );
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: is not the results.json of a benchmark ({e.Message})", e);
        }
    }

    private static Estimate Number(JsonElement estimate)
    {
        double Of(string name) =>
            estimate.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;
        return new Estimate(Of("value"), Of("low"), Of("high"));
    }
}
