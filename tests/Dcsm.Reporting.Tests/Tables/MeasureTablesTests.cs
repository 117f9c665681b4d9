using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Tables;

public class MeasureTablesTests
{
    [Fact]
    public void Zero_shot_has_a_row_a_question()
    {
        ZeroShotResult result = new()
        {
            Encoder = "small",
            Fingerprint = "sha256:0",
            Options = new ZeroShotOptions(),
            Versions = new Dictionary<string, string>(),
            Names = 1234,
            Pictures = 2468,
            Naming = new Estimate(0.5, 0.4, 0.6),
            NamingTop5 = new Estimate(0.9, 0.8, 0.95),
            NamingEnsemble = new Estimate(0.6, 0.5, 0.7),
            Colors = 8,
            TintedPictures = 77,
            ColorNaming = new Estimate(0.25, 0.2, 0.3),
            Objects = [],
        };
        var table = result.ToTable();
        table.Check();
        Assert.Equal("Single objects, zero-shot, small", table.Title);
        Assert.Equal(["50.0", "90.0", "60.0", "25.0"], table.Rows.Select(row => row.Cells[3].Text));
        Assert.Equal(["1\u202F234", "1\u202F234", "1\u202F234", "8"], table.Rows.Select(row => row.Cells[1].Text));
        Assert.Equal("77", table.Rows[3].Cells[2].Text);
        Assert.Equal(["In brackets: Wilson's 95 % intervals over pictures."], table.Notes);
    }

    [Fact]
    public void Dense_maps_have_a_row_a_measure()
    {
        DenseMapDiagnosticsResult result = new("small", "sha256:0", SplitPart.UnseenPairs, 12, 5, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7);
        var table = result.ToTable();
        table.Check();
        Assert.Equal("Dense maps of small", table.Title);
        Assert.Equal(["0.100", "0.200", "0.300", "0.400", "50.0", "60.0", "70.0"], table.Rows.Select(row => row.Cells[1].Text));
        Assert.StartsWith("12 scenes of two tinted objects, unseen pairs.", Assert.Single(table.Notes), StringComparison.Ordinal);
    }
}
