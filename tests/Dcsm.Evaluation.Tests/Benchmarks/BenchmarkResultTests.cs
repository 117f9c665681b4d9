using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Csv;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public class BenchmarkResultTests
{
    private static readonly string[] Keys =
    [
        "benchmark",
        "arguments",
        "versions",
        "annotationFiles",
        "options",
        "items",
        "images",
        "missing",
        "skipped",
        "warnings",
        "scorers",
        "results",
        "comparisons",
        "cutCaptions",
        "notes",
        "mainFigure",
        "chance",
    ];

    private static readonly ScorerDescription[] One = [new("cosine, plain", new Dictionary<string, string>())];

    private static ChoiceBenchmarkResult Choices() =>
        new(
            new ChoiceScores(
                SmallBenchmarks.Choices("vg-relation", SmallBenchmarks.Item("a", 2, group: "on"), SmallBenchmarks.Item("b", 4, right: 1)),
                One,
                [
                    [
                        [0.5, 0.25],
                        [1, 1, 0, 0],
                    ],
                ],
                []
            ),
            new Dictionary<string, string> { ["data"] = "here" }
        );

    [Fact]
    public void Options_are_told_apart_whatever_they_contain()
    {
        string[] first = ["a | b", "c, \"d\"\n"],
            second = ["a", "b | c, \"d\"\n"];
        ChoiceBenchmark benchmark = SmallBenchmarks.Choices(
            "csv",
            SmallBenchmarks.Item("x", 2) with
            {
                Options = first,
            },
            SmallBenchmarks.Item("y", 2) with
            {
                Options = second,
            }
        );
        var result = new ChoiceBenchmarkResult(
            new ChoiceScores(
                benchmark,
                One,
                [
                    [
                        [1, 0],
                        [1, 0],
                    ],
                ],
                []
            )
        );
        using TemporaryFolder folder = new();
        result.WriteItems(folder["items.csv"]);
        var table = CsvTable.Parse(File.ReadAllBytes(folder["items.csv"]), "items.csv", ["options"]);
        Assert.Equal([first, second], table.Rows.Select(row => JsonSerializer.Deserialize<string[]>(row["options"])));
    }

    private static RetrievalBenchmarkResult Retrieval() =>
        new(
            new RetrievalScores(
                SmallBenchmarks.Retrieval(2, 0, 1),
                One,
                [
                    RetrievalRanks.Of(
                        SmallBenchmarks.Retrieval(2, 0, 1),
                        [
                            [1, 2],
                            [0, 1],
                        ]
                    ),
                ],
                []
            )
        );

    [Fact]
    public void Json_has_the_same_keys_in_the_same_order_for_both()
    {
        using var choices = JsonDocument.Parse(Choices().ToJson());
        using var retrieval = JsonDocument.Parse(Retrieval().ToJson());
        Assert.Equal(Keys, choices.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Keys, retrieval.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(0.375, choices.RootElement.GetProperty("chance").GetDouble());
        Assert.Equal(JsonValueKind.Null, retrieval.RootElement.GetProperty("chance").ValueKind);
        Assert.Equal("here", choices.RootElement.GetProperty("arguments").GetProperty("data").GetString());
        JsonElement result = choices.RootElement.GetProperty("results")[0];
        Assert.Equal(["scorer", "figures", "estimates"], result.EnumerateObject().Select(property => property.Name));
        Assert.Equal(0.5, result.GetProperty("figures").GetProperty("direct.strict.accuracy").GetDouble());
        Assert.Equal(
            "cosine, plain: 1 tie at the top, 1 of them with the right caption.",
            choices.RootElement.GetProperty("notes")[0].GetString()
        );
    }

    [Fact]
    public void Items_have_a_row_an_item()
    {
        using TemporaryFolder folder = new();
        Choices().WriteItems(folder["choices.csv"]);
        Assert.Equal(
            """
            item,group,image,right,options,"cosine, plain scores","cosine, plain choice","cosine, plain is_right","cosine, plain is_tie"
            a,on,a,0,"[""a option 0"",""a option 1""]",0.5 0.25,0,1,0
            b,,b,1,"[""b option 0"",""b option 1"",""b option 2"",""b option 3""]",1 1 0 0,0,0,1

            """,
            File.ReadAllText(folder["choices.csv"])
        );
        Retrieval().WriteItems(folder["retrieval.csv"]);
        Assert.Equal(
            """
            caption,image,"cosine, plain score","cosine, plain rank"
            caption 0,0.png,1,2
            caption 1,1.png,1,1

            """,
            File.ReadAllText(folder["retrieval.csv"])
        );
    }

    [Fact]
    public void Nothing_left_to_judge_is_refused()
    {
        Assert.Throws<InvalidDataException>(() =>
            new ChoiceBenchmarkResult(
                new ChoiceScores(
                    SmallBenchmarks.Choices("vg-relation"),
                    One,
                    [
                        [],
                    ],
                    ["a: broken"]
                )
            )
        );
        Assert.Throws<InvalidDataException>(() =>
            new RetrievalBenchmarkResult(new RetrievalScores(SmallBenchmarks.Retrieval(0), One, [], []))
        );
    }
}
