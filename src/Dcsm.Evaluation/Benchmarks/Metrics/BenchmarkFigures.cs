using System.Globalization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Judging;
using Dcsm.Evaluation.Benchmarks.Official;
using Dcsm.Evaluation.Benchmarks.Published;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>
/// Results as a flat list with stable keys: <c>official.…</c> and <c>dcsm_…</c> are what published code gives, <c>direct.…</c> is computed
/// correctly under each way to count ties. Shares are 0 to 1 unless the key says percent.
/// </summary>
public static class BenchmarkFigures
{
    /// <summary>The figures of a benchmark of choices.</summary>
    /// <param name="result">The result.</param>
    /// <param name="symmetricRelations">
    /// VG-relation: the relations that the published notebook leaves out, since both captions are true of them; without them no
    /// <c>official_without_symmetric</c> is given.
    /// </param>
    public static IReadOnlyList<BenchmarkFigure> Of(ChoiceResult result, IReadOnlyCollection<string>? symmetricRelations = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        List<BenchmarkFigure> figures = [];
        string name = result.Benchmark.Name;
        double micro = result.First.Accuracy;
        if (result.WhatsUp is { } whatsUp)
            WhatsUp(figures, "official", whatsUp);
        if (result.DcsmFork is { } fork)
            WhatsUp(figures, "dcsm_fork", fork);
        if (result.Records is { } records)
        {
            if (BenchmarkNames.IsQuestionAnswering(name))
                figures.Add(BenchmarkFigure.Of("official.accuracy_percent", records.AccuracyPercent));
            Records(figures, "official.records", records.Field, records.Dataset, records.Records);
            if (!BenchmarkNames.IsQuestionAnswering(name))
                figures.Add(BenchmarkFigure.Of("official.macro_accuracy", records.MacroAccuracy));
        }

        if (name == BenchmarkNames.VgRelation && symmetricRelations is not null)
            figures.Add(BenchmarkFigure.Of("official_without_symmetric.macro_accuracy", result.First.Macro(1, symmetricRelations)));
        if (BenchmarkNames.IsClevrBind(name))
            figures.Add(BenchmarkFigure.Of("official.accuracy_percent", 100 * micro));
        if (BenchmarkNames.IsOrder(name))
        {
            figures.Add(BenchmarkFigure.Of("official.Precision@1", micro));
            figures.Add(BenchmarkFigure.Of("items_with_a_perturbation_equal_to_the_caption", result.ItemsWithEqualOptions));
        }

        foreach (BenchmarkFigure figure in ChoiceOfficial.Of(result))
            figures.Add(figure);
        if (result.NegBench is { } negBench)
            NegBench(figures, negBench);
        if (result.DcsmOfficial is { } dcsm)
            figures.Add(BenchmarkFigure.Of("dcsm_official.accuracy", dcsm));
        Direct(figures, result);
        return figures;
    }

    /// <summary>The figures of a benchmark of pictures and captions whose every pair is known to match or not.</summary>
    public static IReadOnlyList<BenchmarkFigure> Of(MatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        BenchmarkStatisticsOptions strict = new();
        List<BenchmarkFigure> figures =
        [
            .. MatchOfficial.Of(result),
            BenchmarkFigure.Of("direct.items", result.Items.Count),
            BenchmarkFigure.Of("direct.ties", result.Ties),
            BenchmarkFigure.Of("direct.chance", result.Chance),
        ];
        if (result.Threshold is { } threshold)
            figures.Add(BenchmarkFigure.Of("direct.threshold", threshold));
        foreach (TieRule rule in (TieRule[])[TieRule.Strict, TieRule.Fractional])
            figures.AddRange(result.Units(strict with { Ties = rule }).Select(units => BenchmarkFigure.Of(units.Key, units.Mean)));
        figures.AddRange(result.Ranked().Select(ranked => BenchmarkFigure.Of(ranked.Key, ranked.Value)));
        if (result.Benchmark.Task == MatchTask.Labels)
        {
            figures.Add(BenchmarkFigure.Of("direct.labels_left_out", result.LabelsLeftOut));
            figures.AddRange(
                result.Precisions().Select(label => BenchmarkFigure.Of($"direct.by_group.{label.Label}.average_precision", label.Precision))
            );
        }

        return figures;
    }

    /// <summary>The figures of a benchmark of retrieval. Where ties leave the published numbers open, they are ranges.</summary>
    public static IReadOnlyList<BenchmarkFigure> Of(RetrievalResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        List<BenchmarkFigure> figures = [];
        foreach (string code in (string[])["negbench", "clip_benchmark"])
        {
            foreach (Recall recall in result.Recalls)
            {
                figures.Add(
                    Open(Key($"official.{code}.{Returned(recall, "image_retrieval", "text_retrieval")}_recall@{recall.K}"), result, recall)
                );
            }
        }

        foreach (Recall recall in result.Recalls)
            figures.Add(Open(Key($"aro_style.{Returned(recall, "ImagePrec", "TextPrec")}@{recall.K}"), result, recall));

        figures.Add(BenchmarkFigure.Of("direct.texts", result.Benchmark.Captions.Count));
        figures.Add(BenchmarkFigure.Of("direct.images", result.Benchmark.Images.Count));
        foreach (RecallRule rule in Enum.GetValues<RecallRule>())
        {
            foreach (Recall recall in result.Recalls)
            {
                figures.Add(
                    BenchmarkFigure.Of(
                        Key($"direct.{Lower(rule)}.{Returned(recall, "text_to_image", "image_to_text")}_R@{recall.K}"),
                        recall.Under(rule)
                    )
                );
            }
        }

        foreach (Recall recall in result.Recalls.OrderBy(recall => recall.Direction))
        {
            figures.Add(
                BenchmarkFigure.Of(Key($"direct.chance_{Returned(recall, "text_to_image", "image_to_text")}.R@{recall.K}"), recall.Chance)
            );
        }

        foreach (Recall recall in result.Recalls.Where(recall => recall.IsCapped))
        {
            figures.Add(
                BenchmarkFigure.Of(Key($"direct.k_used.{Returned(recall, "text_to_image", "image_to_text")}_R@{recall.K}"), recall.UsedK)
            );
        }

        return figures;
    }

    // torch.topk and numpy.argsort promise no order of equal scores, and take different ones on different processors. An image without
    // captions is 0/0 there and counts as a miss.
    private static BenchmarkFigure Open(string key, RetrievalResult result, Recall recall)
    {
        double found = recall.Direction == RecallDirection.TextToImage ? 1 : recall.Queries / (double)result.Benchmark.Images.Count;
        return BenchmarkFigure.Between(key, recall.Strict * found, recall.Optimistic * found);
    }

    private static void WhatsUp(List<BenchmarkFigure> figures, string key, WhatsUpOfficial official)
    {
        figures.Add(BenchmarkFigure.Of(key + ".individual_accuracy_percent", official.IndividualAccuracyPercent));
        figures.Add(BenchmarkFigure.Of(key + ".pair_accuracy_percent", official.PairAccuracyPercent));
        figures.Add(BenchmarkFigure.Of(key + ".set_accuracy_percent", official.SetAccuracyPercent));
        Records(figures, key + ".records", "Preposition", official.Dataset, official.Records);
    }

    private static void Records(
        List<BenchmarkFigure> figures,
        string key,
        string field,
        string dataset,
        IReadOnlyList<OfficialRecord> records
    )
    {
        if (records.Count == 0)
            figures.Add(BenchmarkFigure.Of(key, ""));
        for (int i = 0; i < records.Count; i++)
        {
            figures.Add(BenchmarkFigure.Of(Key($"{key}.{i}.{field}"), records[i].Label));
            figures.Add(BenchmarkFigure.Of(Key($"{key}.{i}.Accuracy"), records[i].Accuracy));
            figures.Add(BenchmarkFigure.Of(Key($"{key}.{i}.Count"), records[i].Count));
            figures.Add(BenchmarkFigure.Of(Key($"{key}.{i}.Dataset"), dataset));
        }
    }

    private static void NegBench(List<BenchmarkFigure> figures, NegBenchOfficial official)
    {
        if (official.Stops is { } why)
        {
            figures.Add(BenchmarkFigure.Of("official.stops", why));
            return;
        }

        figures.Add(BenchmarkFigure.Of("official.total_accuracy", official.TotalAccuracy));
        foreach (string type in AnswerTypes.All)
            figures.Add(BenchmarkFigure.Of($"official.{type}_accuracy", official.TypeAccuracy[type]));
        figures.Add(BenchmarkFigure.Of("official.most_common_wrong_answer_type", official.MostCommonWrong));
        Types(figures, "official", official.WrongPercentages, official.Predictions, official.WrongAnswers);
    }

    private static void Types(
        List<BenchmarkFigure> figures,
        string key,
        IReadOnlyDictionary<string, double> percentages,
        IReadOnlyDictionary<string, int> predictions,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> wrong
    )
    {
        if (percentages.Count == 0)
            figures.Add(BenchmarkFigure.Of(key + ".wrong_answer_percentages", ""));
        foreach ((string? type, double percentage) in percentages)
            figures.Add(BenchmarkFigure.Of($"{key}.wrong_answer_percentages.{type}", percentage));
        foreach ((string? type, int count) in predictions)
            figures.Add(BenchmarkFigure.Of($"{key}.predictions_by_type.{type}", count));
        foreach ((string? question, IReadOnlyDictionary<string, int>? row) in wrong)
        {
            foreach ((string? type, int count) in row)
                figures.Add(BenchmarkFigure.Of($"{key}.wrong_answers_by_question_type.{question}.{type}", count));
        }
    }

    private static void Direct(List<BenchmarkFigure> figures, ChoiceResult result)
    {
        figures.Add(BenchmarkFigure.Of("direct.items", result.Items.Count));
        figures.Add(BenchmarkFigure.Of("direct.ties_at_top", result.TiesAtTop));
        figures.Add(BenchmarkFigure.Of("direct.ties_at_top_with_right_option", result.TiesAtTopWithRightOption));
        figures.Add(BenchmarkFigure.Of("direct.chance", result.Chance));
        foreach (TieRule rule in Enum.GetValues<TieRule>())
        {
            ChoiceAccuracy accuracy = result.Under(rule);
            string key = $"direct.{Lower(rule)}";
            figures.Add(BenchmarkFigure.Of(key + ".accuracy", accuracy.Accuracy));
            figures.Add(BenchmarkFigure.Of(key + ".correct", accuracy.Correct));
            foreach (GroupAccuracy group in accuracy.Groups)
            {
                figures.Add(BenchmarkFigure.Of($"{key}.by_group.{group.Group}.accuracy", group.Accuracy));
                figures.Add(BenchmarkFigure.Of($"{key}.by_group.{group.Group}.count", group.Count));
            }

            if (accuracy.Groups.Count > 0)
            {
                figures.Add(BenchmarkFigure.Of(key + ".macro_accuracy", accuracy.MacroAccuracy));
                figures.Add(BenchmarkFigure.Of(key + ".macro_accuracy_25_items", accuracy.Macro(PublishedRecords.LeastItems)));
            }

            foreach (JudgedUnits units in Categories(result, rule))
                figures.Add(BenchmarkFigure.Of(units.Key, units.Mean));
            if (rule == TieRule.First && result.AnswerTypes is { } types)
            {
                Types(figures, key, types.WrongPercentages, types.Predictions, types.WrongAnswers);
                figures.Add(BenchmarkFigure.Of(key + ".most_common_wrong_answer_types", string.Join(',', types.MostCommonWrong)));
            }
        }

        if (result.Pairs is null)
            return;
        foreach (TieRule rule in Enum.GetValues<TieRule>())
        {
            PairsAndSets counted = result.PairsAndSets(rule)!;
            string key = $"direct.pairs_and_sets.{Lower(rule)}";
            figures.Add(BenchmarkFigure.Of(key + ".pairs", counted.Pairs));
            figures.Add(BenchmarkFigure.Of(key + ".pairs_correct", counted.PairsCorrect));
            figures.Add(BenchmarkFigure.Of(key + ".pair_accuracy", counted.PairAccuracy));
            figures.Add(BenchmarkFigure.Of(key + ".sets", counted.Sets));
            figures.Add(BenchmarkFigure.Of(key + ".sets_correct", counted.SetsCorrect));
            figures.Add(BenchmarkFigure.Of(key + ".set_accuracy", counted.SetAccuracy));
        }

        PairsAndSets any = result.PairsAndSets(TieRule.First)!;
        figures.Add(BenchmarkFigure.Of("direct.pairs_and_sets.incomplete_pairs", any.IncompletePairs));
        figures.Add(BenchmarkFigure.Of("direct.pairs_and_sets.incomplete_sets", any.IncompleteSets));
        figures.Add(BenchmarkFigure.Of("direct.pairs_and_sets.chance.individual", result.Chance));
        figures.Add(BenchmarkFigure.Of("direct.pairs_and_sets.chance.pair", Math.Pow(result.Chance, 2)));
        figures.Add(BenchmarkFigure.Of("direct.pairs_and_sets.chance.set", Math.Pow(result.Chance, 4)));
    }

    private static IEnumerable<JudgedUnits> Categories(ChoiceResult result, TieRule rule) =>
        result.Items.All(item => item.Category.Length == 0)
            ? []
            : BenchmarkStatistics
                .Units(result, new BenchmarkStatisticsOptions { Ties = rule })
                .Where(units => units.Key.Contains(".by_category.", StringComparison.Ordinal));

    private static string Returned(Recall recall, string textToImage, string imageToText) =>
        recall.Direction == RecallDirection.TextToImage ? textToImage : imageToText;

    private static string Lower<T>(T rule)
        where T : struct, Enum => rule.ToString().ToLowerInvariant();

    private static string Key(FormattableString key) => key.ToString(CultureInfo.InvariantCulture);
}
