using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>
/// What the own programs of Winoground, COLA and SugarCrepe++ give. All of them ask whether one score is greater than another, so that a
/// tie is wrong.
/// </summary>
internal static class MatchOfficial
{
    private static readonly BenchmarkStatisticsOptions Strict = new();

    /// <summary>None for benchmarks that are not published.</summary>
    public static IEnumerable<BenchmarkFigure> Of(MatchResult result) =>
        result.Benchmark.Name switch
        {
            BenchmarkNames.Winoground =>
            [
                .. ((string[])["text_score", "image_score", "group_score"]).Select(figure =>
                    BenchmarkFigure.Of($"official.{figure}", Mean(result, figure))
                ),
            ],
            BenchmarkNames.ColaPairs => [BenchmarkFigure.Of("official.multi_object_accuracy", Mean(result, "image_score"))],
            BenchmarkNames.SugarCrepePlus => SugarCrepePlus(
                result,
                ("image_to_text_task", "accuracy"),
                ("image_p1_neg", "caption_1"),
                ("image_p2_neg", "caption_2")
            ),
            BenchmarkNames.SugarCrepePlusText => SugarCrepePlus(result, ("text_only_task", "accuracy")),
            _ when result.Benchmark.Task == MatchTask.Labels =>
            [
                BenchmarkFigure.Of("official.single_object_map", result.Ranked().First().Value),
            ],
            _ => [],
        };

    // Its program goes through the files one by one.
    private static IEnumerable<BenchmarkFigure> SugarCrepePlus(MatchResult result, params (string Theirs, string Ours)[] figures) =>
        from file in result.Items.Select(item => item.Group).Distinct(StringComparer.Ordinal)
        from figure in figures
        select BenchmarkFigure.Of($"official.{file}.{figure.Theirs}", Mean(result, $"by_group.{file}.{figure.Ours}"));

    private static double Mean(MatchResult result, string figure) =>
        result.Units(Strict).First(units => units.Key == Strict.ChoiceKey(figure)).Mean;
}
