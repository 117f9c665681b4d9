using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Dcsm.Evaluation.Tests.Benchmarks.SmallBenchmarks;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public class ChoiceResultTests
{
    private static readonly double[] Right = [3, 1, 1, 1];
    private static readonly double[] Wrong = [1, 3, 1, 1];
    private static readonly double[] Tie = [2, 2, 1, 1];

    // Few levels, so that ties are common.
    private static readonly Arbitrary<double[][]> Scores = Gen.Choose(0, 2)
        .Select(level => (double)level)
        .ArrayOf(3)
        .NonEmptyListOf()
        .Select(rows => rows.ToArray())
        .ToArbitrary();

    [Fact]
    public void Ties_count_by_place_not_at_all_or_in_part()
    {
        var result = ChoiceResult.Of(
            Choices("any", Item("a", 4), Item("b", 4), Item("c", 4), Item("d", 4)),
            [Right, Wrong, Tie, [1, 2, 2, 1]]
        );
        Assert.Equal((0.5, 0.25, 0.375), (result.First.Accuracy, result.Strict.Accuracy, result.Fractional.Accuracy));
        Assert.Equal((2, 1, 0.25), (result.TiesAtTop, result.TiesAtTopWithRightOption, result.Chance));
        Assert.Empty(result.First.Groups);
        Assert.Null(result.First.MacroAccuracy);
        Assert.Null(result.PairsAndSets(TieRule.First));
    }

    [Fact]
    public void Macro_averages_leave_small_groups_out_and_are_nothing_where_none_is_large_enough()
    {
        IEnumerable<ChoiceItem> Group(string name, int count) =>
            Enumerable.Range(0, count).Select(i => Item($"{name}{i}", 2, right: 1, group: name));
        ChoiceBenchmark benchmark = Choices(
            "vg-attribution",
            [.. Group("red_blue", 25), .. Group("blue_red", 24), .. Group("big_small", 50)]
        );
        var result = ChoiceResult.Of(
            benchmark,
            [.. benchmark.Items.Select(item => item.Group == "blue_red" || item.Id == "big_small7" ? new double[] { 1, 0 } : [0, 1])]
        );
        Assert.Equal((1 + 0 + 0.98) / 3, result.First.MacroAccuracy!.Value, 12);
        Assert.Equal(0.99, result.First.Macro(25)!.Value, 12);
        Assert.Null(result.First.Macro(51));
        Assert.Equal(74.0 / 99, result.First.Accuracy, 12);
        Assert.Equal(["big_small", "red_blue"], result.Records!.Records.Select(record => record.Label));
        Assert.Equal(0.99, result.Records.MacroAccuracy!.Value, 12);
        Assert.Equal(0.98, result.First.Macro(25, without: ["red_blue"])!.Value, 12);
    }

    [Fact]
    public void The_same_tie_is_wrong_in_ARO_and_right_in_DCSM()
    {
        var result = ChoiceResult.Of(
            Choices("vg-attribution", Item("a", 2, right: 1, group: "red_blue")),
            [
                [1, 1],
            ]
        );
        Assert.Equal((0.0, 1.0, 0.5), (result.First.Accuracy, result.DcsmOfficial!.Value, result.Fractional.Accuracy));
    }

    [Fact]
    public void WhatsUp_counts_complete_pairs_and_sets_where_published_code_divides_by_all_items()
    {
        ChoiceBenchmark benchmark = Choices("whatsup-a", Up("left"), Up("on"), Up("under"));
        var result = ChoiceResult.Of(benchmark, [Right, Right, Tie]);
        Assert.Equal(new PairsAndSets(1, 1, 0, 0, 1, 1), result.PairsAndSets(TieRule.First));
        Assert.Equal(0, result.PairsAndSets(TieRule.Strict)!.PairAccuracy);
        Assert.Equal(0.5, result.PairsAndSets(TieRule.Fractional)!.PairAccuracy);
        Assert.Null(result.PairsAndSets(TieRule.First)!.SetAccuracy);
        Assert.Equal(100 / 1.5, result.WhatsUp!.PairAccuracyPercent, 12);
        Assert.Equal(0, result.WhatsUp.SetAccuracyPercent);
        Assert.Equal(0, result.DcsmFork!.PairAccuracyPercent);
        Assert.Equal(["below", "left_of"], result.DcsmFork.Records.Select(record => record.Label));
    }

    [Fact]
    public void WhatsUp_keeps_items_of_the_same_name_apart()
    {
        ChoiceItem[] twice = [Up("left"), Up("right"), Up("on"), Up("under"), Up("left") with { Id = "again" }];
        var result = ChoiceResult.Of(Choices("whatsup-a", twice), [Right, Right, Right, Right, Wrong]);
        Assert.Equal(new PairsAndSets(2, 2, 1, 1, 1, 1), result.PairsAndSets(TieRule.First));
        Assert.Equal(1 / 2.5 * 100, result.WhatsUp!.PairAccuracyPercent, 12);
    }

    [Fact]
    public void Groups_written_with_of_or_a_space_are_the_same_relations()
    {
        ChoiceItem[] items =
        [
            Up("left") with
            {
                Group = "left_of",
            },
            Up("right") with
            {
                Group = "right of",
            },
            Up("in-front") with
            {
                Group = "in front of",
            },
            Up("behind"),
        ];
        Assert.Equal(
            1,
            ChoiceResult.Of(Choices("whatsup-b", items), [Right, Right, Right, Right]).PairsAndSets(TieRule.Strict)!.SetAccuracy
        );
    }

    [Fact]
    public void Without_a_wrong_answer_NegBench_has_empty_shares_and_its_code_stops()
    {
        var result = ChoiceResult.Of(Choices("negbench-coco", Item("a", 4, group: "hybrid")), [Right]);
        Assert.Empty(result.AnswerTypes!.WrongPercentages);
        Assert.Empty(result.AnswerTypes.MostCommonWrong);
        Assert.Contains("divides by zero", result.NegBench!.Stops, StringComparison.Ordinal);
        Assert.Contains(BenchmarkFigures.Of(result), figure => figure.Key == "official.stops");
        Assert.DoesNotContain(BenchmarkFigures.Of(result), figure => figure.Key == "official.total_accuracy");
        Assert.Equal((1, 0), (result.AnswerTypes.Predictions["hybrid"], result.AnswerTypes.Predictions["positive"]));
    }

    [Fact]
    public void A_wrong_answer_in_place_0_stops_NegBench_but_in_the_synthetic_set()
    {
        ChoiceItem item = Item("a", 4, right: 2, group: "positive");
        Assert.Contains("place 0", ChoiceResult.Of(Choices("negbench-voc", item), [Right]).NegBench!.Stops, StringComparison.Ordinal);
        var synthetic = ChoiceResult.Of(Choices("negbench-synthetic", item), [Right]);
        Assert.Null(synthetic.NegBench!.Stops);
        Assert.Equal("positive", synthetic.NegBench.MostCommonWrong);
        Assert.True(double.IsNaN(synthetic.NegBench.TypeAccuracy["negative"]));
    }

    [Fact]
    public void The_second_hybrid_place_overwrites_the_first_only_in_the_published_shares()
    {
        var result = ChoiceResult.Of(
            Choices(
                "negbench-synthetic",
                Item("a", 4, group: "positive"),
                Item("b", 4, group: "positive"),
                Item("c", 4, group: "positive")
            ),
            [
                [0, 1, 0, 0],
                [0, 1, 0, 0],
                [0, 0, 1, 0],
            ]
        );
        Assert.Equal(100 / 3.0, result.NegBench!.WrongPercentages["hybrid"], 12);
        Assert.Equal(100, result.AnswerTypes!.WrongPercentages["hybrid"], 12);
        Assert.Equal(["hybrid"], result.AnswerTypes.MostCommonWrong);
    }

    [Fact]
    public void Types_written_with_the_options_go_before_those_of_their_places()
    {
        ChoiceItem item = Item("a", 4, group: "positive") with { OptionTypes = ["positive", "negative", "negative", "hybrid"] };
        var result = ChoiceResult.Of(Choices("negbench-coco", item), [Wrong]);
        Assert.Equal(1, result.AnswerTypes!.WrongAnswers["positive"]["negative"]);
        Assert.Equal(1, result.NegBench!.WrongAnswers["positive"]["hybrid"]);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "infinite")]
    [InlineData(double.NegativeInfinity, "infinite")]
    public void A_score_that_is_no_number_is_an_error_that_names_item_and_option(double score, string what)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ChoiceResult.Of(
                Choices("any", Item("a.png", 3), Item("b.png", 3)),
                [
                    [1, 2, 3],
                    [1, score, 3],
                ]
            )
        );
        Assert.Contains("'b.png', option 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_numbers_of_scores_are_errors()
    {
        ChoiceBenchmark benchmark = Choices("any", Item("a.png", 3), Item("b.png", 3));
        Assert.Contains(
            "'b.png': expected 3 scores, one for each option, found 2",
            Assert
                .Throws<InvalidDataException>(() =>
                    ChoiceResult.Of(
                        benchmark,
                        [
                            [1, 2, 3],
                            [1, 2],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'b.png' is the first without",
            Assert
                .Throws<InvalidDataException>(() =>
                    ChoiceResult.Of(
                        benchmark,
                        [
                            [1, 2, 3],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Expected 2 rows of scores, found 3",
            Assert
                .Throws<InvalidDataException>(() =>
                    ChoiceResult.Of(
                        benchmark,
                        [
                            [1, 2, 3],
                            [1, 2, 3],
                            [1, 2, 3],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<InvalidDataException>(() => ChoiceResult.Of(Choices("any"), []));
    }

    [Fact]
    public void Items_with_an_option_equal_to_the_right_one_are_counted()
    {
        ChoiceItem equal = Item("a", 3) with { Options = ["a dog", "dog a", "a dog"] },
            others = Item("b", 3) with { Options = ["a dog", "dog", "dog"] };
        Assert.Equal(
            1,
            ChoiceResult
                .Of(
                    Choices("coco-order", equal, others),
                    [
                        [1, 2, 3],
                        [1, 2, 3],
                    ]
                )
                .ItemsWithEqualOptions
        );
    }

    [Property]
    public Property Strict_is_at_most_fractional_and_fractional_at_most_what_ties_can_give() =>
        Prop.ForAll(
            Scores,
            scores =>
            {
                var result = ChoiceResult.Of(Any(scores.Length), scores);
                double best = result.Choices.Count(choice => choice.RightIsBest);
                return result.Strict.Correct <= result.Fractional.Correct
                    && result.Fractional.Correct <= best
                    && result.Strict.Correct <= result.First.Correct
                    && result.First.Correct <= best
                    && result.TiesAtTopWithRightOption == best - result.Strict.Correct;
            }
        );

    [Property]
    public Property The_order_of_items_changes_nothing() =>
        Prop.ForAll(
            Scores,
            scores =>
            {
                ChoiceBenchmark benchmark = Any(scores.Length);
                ChoiceResult forwards = ChoiceResult.Of(benchmark, scores),
                    backwards = ChoiceResult.Of(benchmark with { Items = [.. benchmark.Items.Reverse()] }, [.. scores.Reverse()]);
                return BenchmarkFigures
                    .Of(forwards)
                    .Zip(BenchmarkFigures.Of(backwards))
                    .All(pair => pair.First.Key == pair.Second.Key && Same(pair.First.Number!.Value, pair.Second.Number!.Value));

                static bool Same(double first, double second) => first.Equals(second) || Math.Abs(first - second) < 1e-12;
            }
        );

    [Property]
    public Property A_constant_scorer_is_at_chance_in_part_and_never_right_strictly() =>
        Prop.ForAll(
            Gen.Choose(2, 6).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary(),
            options =>
            {
                var result = ChoiceResult.Of(
                    Choices("any", options.Select((count, i) => Item($"{i}", count))),
                    [.. options.Select(count => new double[count])]
                );
                return Math.Abs(result.Fractional.Accuracy - result.Chance) < 1e-12
                    && result.Strict.Correct == 0
                    && result.First.Accuracy == 1;
            }
        );

    private static ChoiceBenchmark Any(int items) =>
        Choices("any", Enumerable.Range(0, items).Select(i => Item($"{i}", 3, right: i % 3, group: i % 2 == 0 ? "even" : "odd")));

    private static ChoiceItem Up(string relation) =>
        Item(
            relation,
            4,
            group: relation,
            image: $"data/controlled_images/mug_{relation}{(relation is "left" or "right" or "in-front" ? "_of" : "")}_table.jpeg",
            set: "mug table"
        );
}
