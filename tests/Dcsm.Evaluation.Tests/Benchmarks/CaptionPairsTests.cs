using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests.Benchmarks;

/// <summary>SugarCrepe++'s text-only task, on items whose figures were counted in fractions by another program.</summary>
public sealed class CaptionPairsTests : IDisposable
{
    // A caption ends with the place of its vector.
    private static readonly float[][] Vectors =
    [
        [1, 0],
        [4 / 5f, 3 / 5f],
        [3 / 5f, 4 / 5f],
        [0, 1],
        [12 / 13f, 5 / 13f],
        [5 / 13f, 12 / 13f],
        [-3 / 5f, 4 / 5f],
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_captions_of_one_meaning_are_nearer_to_each_other_than_to_the_third()
    {
        MatchBenchmark benchmark = Read();
        MatchScores scores = BenchmarkRunner.Run(benchmark, [Scorer()], new BenchmarkRunOptions { BatchItems = 3 });
        Assert.Equal([0.8, 0.6, 0.96], scores.Scores[0][0].Select(score => Math.Round(score, 6)));
        MatchResult result = MatchResult.Of(scores)[0];
        var figures = BenchmarkFigures.Of(result).ToDictionary(figure => figure.Key, figure => figure.Number, StringComparer.Ordinal);
        Assert.Equal(3 / 7.0, figures["direct.strict.accuracy"]!.Value, 12);
        Assert.Equal(3 / 7.0, figures["direct.fractional.accuracy"]!.Value, 12);
        Assert.Equal(1 / 3.0, figures["official.replace_att.text_only_task"]!.Value, 12);
        Assert.Equal(2 / 4.0, figures["official.swap_obj.text_only_task"]!.Value, 12);
        Assert.Equal(((1 / 3.0) + (2 / 4.0)) / 2, figures["direct.strict.macro_accuracy"]!.Value, 12);
        Assert.Equal(1 / 3.0, result.Chance, 12);
        // Of one item the second caption is the third: the first is as near to the one as to the other.
        Assert.Equal(1, result.Ties);
    }

    [Fact]
    public void Who_compares_no_captions_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            BenchmarkRunner.Run(
                Read(),
                [
                    Scorer(),
                    new FakeScorer
                    {
                        Name = "pairs",
                        Encoder = Encoder(),
                        Rule = (_, _, _, _) => 0,
                    },
                ]
            )
        );
        Assert.Contains("which pairs can't", error.Message, StringComparison.Ordinal);
    }

    private static FakeEncoder Encoder() =>
        new()
        {
            Dimension = 2,
            Text = text => Vectors[text[^1] - '0'],
            Token = (_, _) => [1, 0],
        };

    private static ClipScorer Scorer() => new(Encoder());

    // No picture is there.
    private MatchBenchmark Read()
    {
        _folder.Write("replace_att.json", Items((0, 1, 2), (0, 2, 1), (2, 5, 4)));
        _folder.Write("swap_obj.json", Items((1, 2, 6), (0, 3, 6), (1, 4, 4), (3, 5, 6)));
        return (MatchBenchmark)BenchmarkCatalog.Find("sugarcrepe-pp-text").Read(new BenchmarkOptions(_folder.Path));
    }

    private static string Items(params (int One, int Other, int Changed)[] items) =>
        JsonSerializer.Serialize(
            items.Select(
                (item, i) =>
                    new
                    {
                        filename = $"{i}.jpg",
                        caption = $"a{item.One}",
                        caption2 = $"b{item.Other}",
                        negative_caption = $"c{item.Changed}",
                    }
            )
        );
}
