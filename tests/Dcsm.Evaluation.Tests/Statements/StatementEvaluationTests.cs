using System.Text.Json;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Head;

namespace Dcsm.Evaluation.Tests.Statements;

public sealed class StatementEvaluationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_perfect_scorer_has_all_right()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [StatementScorer.Perfect(tests)]);
        foreach (StatementFigure figure in result.Figures)
        {
            Assert.Equal(1, figure.Value.Value);
            Assert.InRange(figure.Value.Low, 0.1, 0.99); // so few pictures say no more
        }

        // Seven kinds with their mean, pairs across, two curves, in both wordings; the choice of four; two galleries at 1 and 5.
        Assert.Equal((2 * (8 + 1 + 2)) + 1 + 4, result.Figures.Count(figure => figure.Measure != StatementMeasure.Exchanged));
        Assert.Empty(result.Differences);
        Assert.Empty(result.Reliability);
    }

    [Fact]
    public void A_constant_scorer_is_at_chance_in_everything()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [StatementScorer.Constant(tests)]);
        Assert.All(result.Figures, figure => Assert.Equal(figure.Chance!.Value, figure.Value.Value, 1e-12));
        Assert.Equal(0.25, Find(result, StatementMeasure.BestOfFour).Value.Value);
    }

    [Fact]
    public void Pairs_within_and_across_kinds_are_counted_apart()
    {
        StatementTestSet tests = StatementScorer.NewTests(40);
        // Right within every kind, but whatever is said of colors has the highest scores.
        var scorer = new StatementScorer(tests)
        {
            Name = "color first",
            Rule = (isTrue, _, text) => (isTrue == true ? 0.5f : 0) + (SceneColors.Names.Any(text.Contains) ? 1 : 0),
        };
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [scorer]);
        Assert.Equal(1, Find(result, StatementMeasure.WithinKinds, StatementKind.Color).Value.Value);
        Assert.InRange(Find(result, StatementMeasure.AcrossKinds).Value.Value, 0.5, 0.95);
        int pairs = tests.Pictures.Sum(picture =>
        {
            int kinds = picture.Said.Twins.Count(twin => twin.Wordings == StatementWordings.Trained);
            return kinds * (kinds - 1);
        });
        Assert.Equal(pairs, Find(result, StatementMeasure.AcrossKinds).Items);
    }

    [Fact]
    public void Wordings_are_judged_apart()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        HashSet<string> other =
        [
            .. tests
                .Pictures.SelectMany(picture => picture.Said.Twins)
                .Where(twin => twin.Wordings == StatementWordings.Other)
                .SelectMany(twin => (string[])[twin.True.Text, twin.False.Text]),
        ];
        var scorer = new StatementScorer(tests)
        {
            Name = "trained words only",
            Rule = (isTrue, _, text) =>
                other.Contains(text) ? 0
                : isTrue == true ? 1
                : -1,
        };
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [scorer]);
        foreach (
            StatementMeasure measure in (StatementMeasure[])
                [StatementMeasure.WithinKinds, StatementMeasure.AcrossKinds, StatementMeasure.Auroc]
        )
        {
            Assert.Equal(1, Find(result, measure).Value.Value);
            Assert.Equal(0.5, result.Find(scorer.Name, SplitPart.UnseenObjects, measure, StatementWordings.Other)!.Value.Value, 0.15);
        }
    }

    [Fact]
    public void Exchanged_are_those_that_name_the_same_things()
    {
        Mention red = new(0, Color: 0),
            blue = new(1, Color: 1),
            plain = new(0);
        Statement Of(StatementKind kind, SpatialRelation? relation, params Mention[] mentions) => new(kind, mentions, relation);
        (Statement True, Statement False, bool AreExchanged)[] twins =
        [
            (
                Of(StatementKind.Color, null, red, blue),
                Of(StatementKind.Color, null, blue with { Color = 0 }, red with { Color = 1 }),
                true
            ),
            (Of(StatementKind.Color, null, red), Of(StatementKind.Color, null, red with { Color = 3 }), false),
            (Of(StatementKind.Color, null, red), Of(StatementKind.Color, null, red with { Object = 3 }), false),
            (Of(StatementKind.Spatial, SpatialRelation.Left, red, blue), Of(StatementKind.Spatial, SpatialRelation.Right, red, blue), true),
            (
                Of(StatementKind.Size, null, plain with { Size = ObjectSize.Big }),
                Of(StatementKind.Size, null, plain with { Size = ObjectSize.Small }),
                false
            ),
            (
                Of(StatementKind.Negation, null, new Mention(0), new Mention(1, IsAbsent: true)),
                Of(StatementKind.Negation, null, new Mention(1), new Mention(0, IsAbsent: true)),
                true
            ),
            (Of(StatementKind.Pair, null, plain, blue), Of(StatementKind.Pair, null, plain), false),
        ];
        StatementPicture[] pictures =
        [
            .. twins.Select(
                (twin, i) =>
                    new StatementPicture(
                        $"{i}",
                        SplitPart.UnseenObjects,
                        new StatementScene(
                            new Scene(0, []),
                            [new StatementTwin(StatementWordings.Trained, new(twin.True, "true"), new(twin.False, "false"))],
                            []
                        ),
                        new WrittenStatement(twin.True, "true")
                    )
            ),
        ];
        bool?[,] truth = new bool?[pictures.Length, pictures.Length];
        for (int i = 0; i < pictures.Length; i++)
            truth[i, i] = true;
        // Wrong where the same things are named, right elsewhere.
        var judged = new JudgedStatements(
            StatementScorer.Constant(StatementScorer.NewTests(1)),
            pictures,
            [.. twins.Select(twin => new StatementScores([twin.AreExchanged ? 0 : 2, 1], new float[pictures.Length]))],
            truth
        );
        StatementFigure[] figures = [.. judged.Figures(new StatementEvaluationOptions()).Select(figure => figure())];
        StatementFigure[] exchanged = [.. figures.Where(figure => figure.Measure == StatementMeasure.Exchanged)];
        Assert.Equal(
            [(StatementKind.Color, 1), (StatementKind.Spatial, 1), (StatementKind.Negation, 1), (null, 3)],
            exchanged.Select(figure => (figure.Kind, figure.Items))
        );
        Assert.All(exchanged, figure => Assert.Equal(0, figure.Value.Value));
        StatementFigure color = figures.Single(f => (f.Measure, f.Kind) == (StatementMeasure.WithinKinds, StatementKind.Color));
        Assert.Equal((3, 2 / 3.0), (color.Items, color.Value.Value));
    }

    // Truth of caption (columns) in picture (rows), and scores:
    //   T F ?    .9 .5 .99
    //   T T F    .8 .4 .7
    //   F F T    .1 .6 .2
    [Fact]
    public void In_a_gallery_all_that_is_true_is_right_and_what_may_be_is_no_candidate()
    {
        StatementTestSet tests = StatementScorer.NewTests(3);
        var judged = new JudgedStatements(
            StatementScorer.Constant(tests),
            tests.Pictures,
            Scores(
                tests,
                [
                    [0.9f, 0.5f, 0.99f],
                    [0.8f, 0.4f, 0.7f],
                    [0.1f, 0.6f, 0.2f],
                ]
            ),
            new bool?[,]
            {
                { true, false, null },
                { true, true, false },
                { false, false, true },
            }
        );
        Dictionary<StatementMeasure, StatementFigure> figures = Galleries(judged);
        Assert.Equal(1 / 3.0, figures[StatementMeasure.CaptionToPictureAt1].Value.Value, 1e-12);
        Assert.Equal(1, figures[StatementMeasure.CaptionToPictureAt5].Value.Value);
        Assert.Equal(2 / 3.0, figures[StatementMeasure.PictureToCaptionAt1].Value.Value, 1e-12);
        // Two of three, one of three, one of two; one of two, two of three, one of three.
        Assert.Equal(0.5, figures[StatementMeasure.CaptionToPictureAt1].Chance!.Value, 1e-12);
        Assert.Equal(0.5, figures[StatementMeasure.PictureToCaptionAt1].Chance!.Value, 1e-12);
    }

    [Fact]
    public void Ties_in_a_gallery_count_what_drawing_among_them_gives()
    {
        StatementTestSet tests = StatementScorer.NewTests(3);
        var judged = new JudgedStatements(
            StatementScorer.Constant(tests),
            tests.Pictures,
            Scores(
                tests,
                [
                    [1, 0, 0],
                    [1, 1, 0],
                    [1, 0, 1],
                ]
            ),
            new bool?[,]
            {
                { true, false, false },
                { true, true, false },
                { false, false, true },
            }
        );
        Dictionary<StatementMeasure, StatementFigure> figures = Galleries(judged);
        // The first caption's three pictures tie, two of them right.
        Assert.Equal(((2 / 3.0) + 1 + 1) / 3, figures[StatementMeasure.CaptionToPictureAt1].Value.Value, 1e-12);
        // The third picture's two highest captions tie, one of them right.
        Assert.Equal((1 + 1 + 0.5) / 3, figures[StatementMeasure.PictureToCaptionAt1].Value.Value, 1e-12);
    }

    [Fact]
    public void Probabilities_are_judged_where_there_is_a_calibration()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        // True at 3/4, false at 1/4, when it should be 1 and 0.
        var scorer = new StatementScorer(tests)
        {
            Name = "timid",
            Rule = (isTrue, _, _) => isTrue == true ? 1 : -1,
            Calibration = new ScoreCalibration(Math.Log(3), 0),
        };
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [StatementScorer.Constant(tests), scorer]);
        Assert.Null(result.Find("constant", SplitPart.UnseenObjects, StatementMeasure.CalibrationError));
        Assert.Equal(0.25, Find(result, StatementMeasure.CalibrationError).Value.Value, 1e-6);
        Assert.Equal(0.0625, Find(result, StatementMeasure.BrierScore).Value.Value, 1e-6);
        Assert.Equal(2, result.Reliability.Count); // wordings
        ReliabilityDiagram diagram = result.Reliability[0];
        Assert.Equal([(0.25, 0), (0.75, 1)], diagram.Bins.Select(bin => (Math.Round(bin.MeanProbability, 6), bin.TrueShare)));
        Assert.Equal(Find(result, StatementMeasure.CalibrationError).Items, diagram.Bins.Sum(bin => bin.Statements));
    }

    [Fact]
    public void Each_scorer_is_compared_with_earlier_ones()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        StatementEvaluationResult result = StatementEvaluation.Run(
            tests,
            [StatementScorer.Constant(tests), StatementScorer.Perfect(tests), StatementScorer.Perfect(tests, "again")]
        );
        Assert.Equal(3 * result.Figures.Count / 3, result.Differences.Count);
        Assert.Equal(
            [("perfect", "constant"), ("again", "constant"), ("again", "perfect")],
            result.Differences.Select(d => (d.First, d.Second)).Distinct()
        );
        Assert.Equal(0.5, result.Differences[0].Difference.Value);
        Assert.All(result.Differences.Where(d => d.Second == "perfect"), d => Assert.Equal(new Estimate(0, 0, 0), d.Difference));
    }

    [Fact]
    public void Parts_are_judged_and_searched_apart()
    {
        StatementTestSet tests = StatementScorer.NewTests(6, 5, SplitPart.UnseenPairs, SplitPart.UnseenObjects);
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [StatementScorer.Perfect(tests)]);
        Assert.Equal([SplitPart.UnseenPairs, SplitPart.UnseenObjects], result.Parts);
        Assert.Equal(12, tests.Pictures.Count);
        Assert.All(result.Scores[0], scores => Assert.Equal(6, scores.Gallery.Count));
        Assert.All(result.Figures, figure => Assert.Equal(1, figure.Value.Value));
    }

    [Fact]
    public void Batches_change_nothing_and_the_same_arguments_give_the_same()
    {
        string Json(int batch)
        {
            StatementTestSet tests = StatementScorer.NewTests();
            return StatementEvaluation
                .Run(tests, [StatementScorer.Constant(tests), StatementScorer.Perfect(tests)], new() { BatchPictures = batch })
                .ToJson()
                .Replace($"\"batchPictures\": {batch}", "", StringComparison.Ordinal);
        }

        Assert.Equal(Json(32), Json(5));
        Assert.NotEqual(
            StatementScorer.NewTests(1).Pictures[0].Caption.Text,
            StatementScorer.NewTests(1, seed: 6).Pictures[0].Caption.Text
        );
    }

    [Fact]
    public void Captions_that_are_cut_are_counted_by_each_scorers_length()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        string[] captions = [.. tests.Pictures.SelectMany(p => p.Statements).Select(w => w.Text).Distinct()];
        FakeEncoder encoder = StatementScorer.NewEncoder(contextLength: 12);
        StatementEvaluationResult result = StatementEvaluation.Run(
            tests,
            [
                new StatementScorer(tests)
                {
                    Name = "pooled",
                    Encoder = encoder,
                    Rule = (_, _, _) => 0,
                },
                new StatementScorer(tests)
                {
                    Name = "tokens",
                    Encoder = encoder,
                    TextTokens = 8,
                    Rule = (_, _, _) => 0,
                },
            ]
        );
        Assert.Equal(captions.Length, result.Captions);
        Assert.Equal(
            [captions.Count(text => text.Split(' ').Length > 10), captions.Count(text => text.Split(' ').Length > 6)],
            result.CutCaptions
        );
        Assert.InRange(result.CutCaptions[0], 1, result.CutCaptions[1] - 1);
    }

    [Fact]
    public void A_score_that_is_no_number_is_an_error_that_names_the_picture()
    {
        StatementTestSet tests = StatementScorer.NewTests(3);
        var broken = new StatementScorer(tests) { Name = "broken", Rule = (_, picture, _) => picture == 1 ? float.NaN : 0 };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => StatementEvaluation.Run(tests, [broken]));
        Assert.Contains($"broken, picture {tests.Pictures[1].Id}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_statement_is_a_row_of_the_items()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [StatementScorer.Perfect(tests)]);
        result.WriteItems(_folder["items.csv"]);
        string[] lines = File.ReadAllLines(_folder["items.csv"]);
        Assert.Equal("picture,part,kind,wordings,is_true,statement,perfect", lines[0]);
        Assert.Equal(tests.Pictures.Sum(picture => picture.Statements.Count), lines.Length - 1);
        // What is marked as true is what the scorer that knows gives 1.
        Assert.All(lines.Skip(1), line => Assert.Equal(line.Split(',')[4], line[^1..]));
        Assert.Contains(lines, line => line.Contains(",choice,trained,1,", StringComparison.Ordinal));
    }

    [Fact]
    public void The_result_says_what_it_was_made_of()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        JsonElement json = JsonDocument.Parse(StatementEvaluation.Run(tests, [StatementScorer.Perfect(tests)]).ToJson()).RootElement;
        Assert.Equal("statements", json.GetProperty("benchmark").GetString());
        Assert.Equal("5", json.GetProperty("data").GetProperty("seed").GetString());
        JsonElement figure = json.GetProperty("figures")[0];
        Assert.Equal(
            ("perfect", "unseenObjects", "withinKinds", "trained", "name"),
            (
                figure.GetProperty("scorer").GetString(),
                figure.GetProperty("part").GetString(),
                figure.GetProperty("measure").GetString(),
                figure.GetProperty("wordings").GetString(),
                figure.GetProperty("kind").GetString()
            )
        );
    }

    private static StatementFigure Find(StatementEvaluationResult result, StatementMeasure measure, StatementKind? kind = null) =>
        result.Find(result.Scorers[^1].Name, SplitPart.UnseenObjects, measure, kind: kind)!;

    private static Dictionary<StatementMeasure, StatementFigure> Galleries(JudgedStatements judged) =>
        judged
            .Figures(new StatementEvaluationOptions())
            .Select(figure => figure())
            .Where(figure => figure.Measure >= StatementMeasure.CaptionToPictureAt1)
            .ToDictionary(figure => figure.Measure);

    private static StatementScores[] Scores(StatementTestSet tests, float[][] galleries) =>
        [.. tests.Pictures.Select((picture, i) => new StatementScores(new float[picture.Statements.Count], galleries[i]))];
}
