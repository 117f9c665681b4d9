using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Benchmarks;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class BenchmarkTablesTests
{
    private static readonly ScorerDescription[] Two = [new("cosine", Empty), new("head", Empty)];

    private static Dictionary<string, string> Empty => [];

    // The cosine has three of four right and one tie; the head all.
    private static ChoiceBenchmarkResult Choices() =>
        new(
            new ChoiceScores(
                SmallBenchmarks.Choices(
                    "vg-relation",
                    SmallBenchmarks.Item("a", 2, group: "on"),
                    SmallBenchmarks.Item("b", 2, group: "on"),
                    SmallBenchmarks.Item("c", 2, right: 1, group: "under"),
                    SmallBenchmarks.Item("d", 2, group: "under")
                ),
                Two,
                [
                    [
                        [1, 0],
                        [1, 0],
                        [0, 1],
                        [1, 1],
                    ],
                    [
                        [2, 0],
                        [2, 0],
                        [0, 2],
                        [2, 1],
                    ],
                ],
                ["e: broken"]
            )
        );

    private static RetrievalBenchmarkResult Retrieval() =>
        new(
            new RetrievalScores(
                SmallBenchmarks.Retrieval(2, 0, 1),
                Two,
                [
                    RetrievalRanks.Of(
                        SmallBenchmarks.Retrieval(2, 0, 1),
                        [
                            [1, 2],
                            [0, 1],
                        ]
                    ),
                    RetrievalRanks.Of(
                        SmallBenchmarks.Retrieval(2, 0, 1),
                        [
                            [2, 1],
                            [0, 3],
                        ]
                    ),
                ],
                []
            )
        );

    [Fact]
    public void Pairs_have_three_scores_groups_and_the_mean_of_the_main_one()
    {
        MatchItem Item(string id, string group) =>
            new(
                id,
                [new BenchmarkImage($"{id}1", null, id), new BenchmarkImage($"{id}2", null, id)],
                ["x y", "y x"],
                [true, false, false, true]
            )
            {
                Group = group,
                Category = "all",
            };
        var result = new MatchBenchmarkResult(
            new MatchScores(
                new MatchBenchmark
                {
                    Name = "winoground",
                    AnnotationFiles = [],
                    Task = MatchTask.Pairs,
                    Items = [Item("a", "Object"), Item("b", "Relation"), Item("c", "Relation")],
                },
                Two,
                [
                    [
                        [2, 1, 1, 2],
                        [2, 2, 1, 3],
                        [1, 2, 1, 2],
                    ],
                    [
                        [2, 1, 1, 2],
                        [2, 1, 1, 2],
                        [2, 1, 3, 4],
                    ],
                ],
                []
            )
        );
        var table = result.ToTable();
        table.Check();
        Assert.Equal(
            ["Scorer", "text score", "image score", "group score", "group score, macro average", "group score, ties counted in part"],
            table.Columns.Select(column => column.Header)
        );
        Assert.Equal(["cosine", "33.3", "66.7", "33.3", "50.0", "50.0"], table.Rows[0].Cells.Select(cell => cell.Text));
        Table groups = result.ToGroupTable()!;
        groups.Check();
        Assert.Equal(["Relation", "2", "0.0", "50.0", "0.0", "100.0", "50.0", "50.0"], groups.Rows[0].Cells.Select(cell => cell.Text));
        Table categories = result.ToCategoryTable()!;
        categories.Check();
        Assert.Equal("all", Assert.Single(categories.Rows).Cells[0].Text);
        Assert.Contains(result.ToComparisonTable()!.Rows, row => row.Cells[1].Text == "all: group score, macro average");
    }

    [Fact]
    public void Choices_have_accuracy_and_what_published_code_counts()
    {
        var table = Choices().ToTable();
        table.Check();
        Assert.Equal("vg-relation, percent", table.Title);
        Assert.Equal(
            ["Scorer", "accuracy", "macro average", "as published code counts", "ties counted in part"],
            table.Columns.Select(column => column.Header)
        );
        Assert.Equal(["cosine", "75.0", "75.0", "100.0", "87.5"], table.Rows[0].Cells.Select(cell => cell.Text));
        Assert.Equal([false, false, false, false, false], table.Rows[0].Cells.Select(cell => cell.Strong));
        Assert.Equal([false, true, true, false, false], table.Rows[1].Cells.Select(cell => cell.Strong));
        Assert.StartsWith("4 items, chance 50.0.", table.Notes[0], StringComparison.Ordinal);
        Assert.Equal("cosine: 1 tie at the top, 1 of them with the right caption.", table.Notes[1]);
        Assert.Equal("Left out: 0 whose picture is missing, 1 whose picture is broken.", table.Notes[2]);
    }

    [Fact]
    public void Choices_have_a_row_a_group()
    {
        Table table = Choices().ToGroupTable()!;
        table.Check();
        Assert.Equal(
            [
                ["on", "2", "100.0", "100.0"],
                ["under", "2", "50.0", "100.0"],
            ],
            table.Rows.Select(row => row.Cells.Select(c => c.Text))
        );
        Assert.Equal([false, false, true, true], table.Rows[0].Cells.Select(cell => cell.Strong));
    }

    [Fact]
    public void Later_scorers_are_compared_with_earlier_ones()
    {
        Table table = Choices().ToComparisonTable()!;
        table.Check();
        Assert.Equal(["head − cosine", "accuracy", "+25.0", "1", "0", "1.0", "1.0"], table.Rows[0].Cells.Select(cell => cell.Text));
        Assert.Equal(["", "macro average", "+25.0", "1", "0", "–", "–"], table.Rows[1].Cells.Select(cell => cell.Text));
    }

    [Fact]
    public void Published_numbers_are_marked()
    {
        Table table = Choices().ToPublishedTable()!;
        // Four items are not those of the published figures.
        Assert.All(table.Rows, row => Assert.EndsWith("(published, of other data)", row.Cells[0].Text, StringComparison.Ordinal));
        Assert.Contains("of 23\u202F937 items; judged here: 4 items", string.Concat(table.Notes), StringComparison.Ordinal);
        Assert.Null(Retrieval().ToPublishedTable());
    }

    [Fact]
    public void Retrieval_has_a_column_a_recall_and_no_groups()
    {
        var table = Retrieval().ToTable();
        table.Check();
        Assert.Equal(["Scorer", "text→image R@1", "image→text R@1"], table.Columns.Take(3).Select(column => column.Header));
        Assert.Equal(["cosine", "50.0", "50.0"], table.Rows[0].Cells.Take(3).Select(cell => cell.Text));
        Assert.Equal(["head", "100.0", "100.0"], table.Rows[1].Cells.Take(3).Select(cell => cell.Text));
        Assert.StartsWith("2 images, 2 captions;", table.Notes[0], StringComparison.Ordinal);
        Assert.Null(Retrieval().ToGroupTable());
    }

    [Fact]
    public void Stored_runs_stand_side_by_side()
    {
        string file = Path.GetTempFileName();
        try
        {
            Choices().WriteJson(file);
            var stored = StoredResult.Read(file);
            Table table = StoredResultTables.Compare(stored, "old", stored with { Items = 5 }, "new");
            table.Check();
            Assert.Equal(["Figure", "old: cosine", "old: head", "new: cosine", "new: head"], table.Columns.Select(column => column.Header));
            Assert.Equal(["accuracy", "75.0", "100.0", "75.0", "100.0"], table.Rows[0].Cells.Select(cell => cell.Text));
            Assert.Contains("old has 4 items, new 5", Assert.Single(table.Notes), StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() =>
                StoredResultTables.Compare(stored, "old", stored with { Benchmark = "vg-attribution" }, "new")
            );
        }
        finally
        {
            File.Delete(file);
        }
    }
}
