using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class SceneTablesTests
{
    private static SceneEvaluationResult Result()
    {
        FakeEncoder encoder = new();
        return SceneEvaluation.Run(
            Objects.Tests(),
            [FakeScorer.ThreeOfFour(encoder), FakeScorer.Constant(encoder), FakeScorer.Perfect(encoder)]
        );
    }

    [Fact]
    public void The_table_has_a_row_a_part_and_scorer_and_marks_the_best()
    {
        var table = Result().ToTable();
        Assert.Equal(["Objects", "Scorer", "color", "size", "spatial", "negation", "mean"], table.Columns.Select(c => c.Header));
        Assert.Equal(6, table.Rows.Count);
        Assert.Equal([false, false, false, true, false, false], table.Rows.Select(r => r.StartsGroup));
        Assert.Equal(["unseen pairs", "three of four", "83.3", "66.7", "83.3", "66.7", "75.0"], table.Rows[0].Cells.Select(c => c.Text));
        Assert.Equal(["unseen objects", "perfect", "100.0", "100.0", "100.0", "100.0", "100.0"], table.Rows[5].Cells.Select(c => c.Text));
        Assert.All(table.Rows[5].Cells.Skip(2), cell => Assert.True(cell.Strong));
        Assert.All(table.Rows[0].Cells, cell => Assert.False(cell.Strong));
        Assert.Equal(
            2,
            table.Notes.Count(note =>
                note.StartsWith("constant,", StringComparison.Ordinal)
                && note.Contains("96 of 96 choices are ties", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void Details_add_the_other_direction_and_groups()
    {
        var table = Result().ToTable(details: true);
        Assert.Equal(["image for caption", "all right"], table.Columns.Skip(7).Select(c => c.Header));
        Assert.Equal(["75.0", "75.0"], table.Rows[0].Cells.Skip(7).Select(c => c.Text));
        table.Check();
    }

    [Fact]
    public void The_table_of_comparisons_tells_differences_and_p()
    {
        Table table = Result().ToComparisonTable();
        Assert.Equal(6, table.Rows.Count);
        TableRow row = Assert.Single(table.Rows, r => r.Cells[0].Text == "unseen objects" && r.Cells[1].Text == "perfect − three of four");
        Assert.Equal(["+16.7", "+33.3", "+16.7", "+33.3", "+25.0", "0.031"], row.Cells.Skip(2).Select(c => c.Text));
        Assert.Single(table.Rows, r => r.StartsGroup);
    }
}
