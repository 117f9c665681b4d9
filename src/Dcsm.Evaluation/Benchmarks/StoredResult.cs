using System.Text.Json;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Collections;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>What a <c>results.json</c> of a benchmark or of scenes holds, to be put beside another one.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="Items">Items that were judged.</param>
/// <param name="AnnotationHashes">Hashes of the annotation files, sorted; of scenes, what they were drawn from.</param>
/// <param name="Scorers">Each scorer's figures with intervals, by key.</param>
public sealed record StoredResult(
    string Benchmark,
    int Items,
    IReadOnlyList<string> AnnotationHashes,
    IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> Scorers
)
{
    /// <summary>Hashes of the annotation files, sorted; of scenes, what they were drawn from.</summary>
    public IReadOnlyList<string> AnnotationHashes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(AnnotationHashes);

    /// <summary>Each scorer's figures with intervals, by key.</summary>
    public IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> Scorers
    {
        get;
        init => field = Copy(value);
    } = Copy(Scorers);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static StoredResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        var root = JsonField.Load(path);
        return root.Optional("cells") is { } cells ? OfScenes(root, cells) : OfBenchmark(root);
    }

    private static IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> Copy(
        IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> scorers
    ) =>
        Contents.Of<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)>([
            .. scorers.Select(s => (s.Name, Contents.Of(s.Estimates))),
        ]);

    private static StoredResult OfBenchmark(JsonField root) =>
        new(
            root.Field("benchmark").Text(),
            root.Field("items").Whole(0),
            [.. root.Field("annotationFiles").Fields().Select(file => file.String()).Order(StringComparer.Ordinal)],
            [
                .. root.Field("results")
                    .List()
                    .Select(result =>
                        (
                            result.Field("scorer").String(),
                            (IReadOnlyDictionary<string, Estimate>)
                                result
                                    .Field("estimates")
                                    .List()
                                    .ToDictionary(
                                        estimate => estimate.Field("key").String(),
                                        estimate => Number(estimate.Field("estimate"))
                                    )
                        )
                    ),
            ]
        );

    // What the samples were drawn from stands for the annotation.
    private static StoredResult OfScenes(JsonField root, JsonField cells)
    {
        (string Scorer, string Key, int Items, Estimate Accuracy)[] figures =
        [
            .. cells
                .List()
                .Select(cell =>
                    (
                        cell.Field("scorer").String(),
                        $"scenes.{cell.Field("part").String()}.{cell.Optional("kind")?.String() ?? "mean"}",
                        cell.Field("items").Whole(0),
                        Number(cell.Field("accuracy"))
                    )
                ),
        ];
        return new StoredResult(
            root.Field("benchmark").Text(),
            figures.Where(f => f.Key.EndsWith(".mean", StringComparison.Ordinal)).DistinctBy(f => f.Key).Sum(f => f.Items),
            [.. root.Field("data").Fields().Select(field => $"{field.Name}: {field.String()}").Order(StringComparer.Ordinal)],
            [
                .. figures
                    .GroupBy(figure => figure.Scorer)
                    .Select(scorer =>
                        (
                            scorer.Key,
                            (IReadOnlyDictionary<string, Estimate>)scorer.ToDictionary(figure => figure.Key, figure => figure.Accuracy)
                        )
                    ),
            ]
        );
    }

    private static Estimate Number(JsonField estimate)
    {
        double Of(string name) => estimate.Field(name) is { Kind: JsonValueKind.Number } number ? number.Number() : double.NaN;
        return new Estimate(Of("value"), Of("low"), Of("high"));
    }
}
