using System.Globalization;
using System.Text.Json.Serialization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>A run on a benchmark of retrieval: a caption's picture among all, a picture's captions among all.</summary>
public sealed class RetrievalBenchmarkResult : BenchmarkResult
{
    /// <summary>Judges scores.</summary>
    /// <param name="scores">What <see cref="BenchmarkRunner"/> gave.</param>
    /// <param name="arguments">What was asked for, for the record.</param>
    /// <param name="options">How intervals are computed.</param>
    /// <exception cref="InvalidDataException">Nothing is left to judge by.</exception>
    public RetrievalBenchmarkResult(
        RetrievalScores scores,
        IReadOnlyDictionary<string, string>? arguments = null,
        BenchmarkStatisticsOptions? options = null
    )
        : base(Checked(scores).Benchmark, scores.Scorers, scores.Skipped, arguments, options)
    {
        Scores = scores;
        CutCaptions = scores.Cut;
        IReadOnlyList<RetrievalResult> recalls = RetrievalResult.Of(scores);
        Items = scores.Benchmark.Captions.Count;
        Images = scores.Benchmark.Images.Count;
        Results =
        [
            .. recalls.Select(
                (result, s) => Figured(Scorers[s].Name, BenchmarkFigures.Of(result), BenchmarkStatistics.Estimates(result, Options))
            ),
        ];
        MainFigure = Results[0].Estimates[0].Key;
        Comparisons = Compare(recalls, BenchmarkStatistics.Compare);
        Notes = [.. recalls.SelectMany(result => result.Notes).Distinct(), .. scores.Cut.Select(cut => cut.ToString())];
    }

    /// <summary>The ranks; not written to JSON.</summary>
    [JsonIgnore]
    public RetrievalScores Scores { get; }

    // The rank of a caption's picture counts ties against it.
    private protected override IEnumerable<IEnumerable<string>> ItemRows()
    {
        yield return ["caption", "image", .. Scorers.SelectMany(scorer => new[] { $"{scorer.Name} score", $"{scorer.Name} rank" })];
        IReadOnlyList<int>[] places = [.. Scores.Ranks.Select(ranks => ranks.Places)];
        for (int c = 0; c < Scores.Benchmark.Captions.Count; c++)
        {
            RetrievalCaption caption = Scores.Benchmark.Captions[c];
            List<string> row = [caption.Text, Scores.Benchmark.Images[caption.Image].Name];
            for (int s = 0; s < Scores.Ranks.Count; s++)
            {
                row.Add(Scores.Ranks[s].Own[c].ToString("R", CultureInfo.InvariantCulture));
                row.Add(places[s][c].ToString(CultureInfo.InvariantCulture));
            }

            yield return row;
        }
    }

    private static RetrievalScores Checked(RetrievalScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return scores.Benchmark.Images.Count > 0
            ? scores
            : throw new InvalidDataException($"{scores.Benchmark.Name}: every picture was skipped, so there is nothing to judge by.");
    }
}
