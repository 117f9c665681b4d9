using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Head;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class StatementTablesTests
{
    private static readonly Lazy<StatementEvaluationResult> LazyResult = new(Run);

    [Fact]
    public void Each_wordings_and_scorer_is_a_row()
    {
        Table table = LazyResult.Value.ToTables()[0];
        Assert.Equal(
            [
                "Objects",
                "Wordings",
                "Scorer",
                "name",
                "pair",
                "color",
                "size",
                "spatial",
                "negation",
                "combined",
                "mean",
                "across kinds",
                "best of 4",
            ],
            table.Columns.Select(column => column.Header)
        );
        Assert.Equal(
            [
                ("trained", "constant", "50.0", "25.0"),
                ("trained", "timid", "100.0", "100.0"),
                ("other", "constant", "50.0", "–"),
                ("other", "timid", "100.0", "–"),
            ],
            table.Rows.Select(row => (row.Cells[1].Text, row.Cells[2].Text, row.Cells[10].Text, row.Cells[12].Text))
        );
        Assert.Equal([false, true, false, true], table.Rows.Select(row => row.Cells[3].Strong));
        Assert.StartsWith("12 pictures; ", table.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_errors_the_lowest_is_the_best_and_where_there_is_none_stands_a_dash()
    {
        Table table = LazyResult.Value.ToTables()[2];
        Assert.Equal(["–", "25.0", "–", "25.0"], table.Rows.Select(row => row.Cells[5].Text));
        Assert.Equal(["–", "6.3", "–", "6.3"], table.Rows.Select(row => row.Cells[6].Text));
        StatementTestSet tests = StatementScorer.NewTests();
        StatementScorer Timid(string name, double temperature) =>
            new(tests)
            {
                Name = name,
                Rule = (isTrue, _, _) => isTrue == true ? 1 : -1,
                Calibration = new ScoreCalibration(temperature, 0),
            };
        Table two = StatementEvaluation.Run(tests, [Timid("timid", 1), Timid("bold", 3)]).ToTables()[2];
        Assert.Equal([false, true, false, true], two.Rows.Select(row => row.Cells[5].Strong));
    }

    [Fact]
    public void Galleries_are_of_one_wordings()
    {
        Table table = LazyResult.Value.ToTables()[3];
        Assert.Equal(["constant", "timid"], table.Rows.Select(row => row.Cells[1].Text));
        Assert.Equal("100.0", table.Rows[1].Cells[2].Text);
    }

    [Fact]
    public void Differences_have_the_same_columns()
    {
        IReadOnlyList<Table> figures = LazyResult.Value.ToTables(),
            differences = LazyResult.Value.ToDifferenceTables();
        Assert.Equal(figures.Select(table => table.Columns.Count), differences.Select(table => table.Columns.Count));
        Assert.Equal(("timid − constant", "+50.0", "+75.0"), Cells(differences[0].Rows[0], 2, 10, 12));
        StatementTestSet tests = StatementScorer.NewTests(2);
        Assert.Empty(StatementEvaluation.Run(tests, [StatementScorer.Perfect(tests)]).ToDifferenceTables());
    }

    [Fact]
    public void Captions_that_are_cut_are_told()
    {
        StatementTestSet tests = StatementScorer.NewTests(3);
        var scorer = new StatementScorer(tests)
        {
            Name = "short",
            TextTokens = 4,
            Rule = (_, _, _) => 0,
        };
        StatementEvaluationResult result = StatementEvaluation.Run(tests, [scorer]);
        Assert.True(result.CutCaptions[0] > 0);
        Assert.Contains(
            $"short reads only the beginning of {result.CutCaptions[0]} of {result.Captions} captions",
            TableRenderer.ToMarkdown(result.ToTables()[0]),
            StringComparison.Ordinal
        );
    }

    private static (string, string, string) Cells(TableRow row, int a, int b, int c) =>
        (row.Cells[a].Text, row.Cells[b].Text, row.Cells[c].Text);

    private static StatementEvaluationResult Run()
    {
        StatementTestSet tests = StatementScorer.NewTests();
        return StatementEvaluation.Run(
            tests,
            [
                StatementScorer.Constant(tests),
                new StatementScorer(tests)
                {
                    Name = "timid",
                    Rule = (isTrue, _, _) => isTrue == true ? 1 : -1,
                    Calibration = new ScoreCalibration(Math.Log(3), 0),
                },
            ]
        );
    }
}
