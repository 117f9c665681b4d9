using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class RepeatedTablesTests
{
    private static readonly FakeEncoder Encoder = new();

    private static RepeatedScorer Perfect =>
        new("perfect", "knows all", 10, [FakeScorer.Perfect(Encoder, "p1"), FakeScorer.Perfect(Encoder, "p2")]);

    private static RepeatedScorer Fair =>
        new("fair", "three of four", 3, [FakeScorer.ThreeOfFour(Encoder, "f1"), FakeScorer.ThreeOfFour(Encoder, "f2")]);

    [Fact]
    public void The_table_has_a_row_for_each_method()
    {
        var table = RepeatedEvaluation.Run(Objects.Tests(), [Perfect, Fair]).ToTable(SplitPart.UnseenObjects);
        Assert.Equal(["perfect", "fair"], table.Rows.Select(row => row.Cells[0].Text));
        Assert.Equal("75.0", table.Rows[1].Cells[^2].Text);
        Assert.Equal("−25.0", table.Rows[1].Cells[^1].Text);
    }
}
