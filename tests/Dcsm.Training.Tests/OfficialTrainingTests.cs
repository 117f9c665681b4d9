namespace Dcsm.Training.Tests;

/// <summary>Three steps of the official <c>run_training</c>, recorded from the DCSM repository's own code.</summary>
public sealed class OfficialTrainingTests
{
    [Fact]
    public void Three_official_steps_have_the_official_losses_gradients_and_weights()
    {
        GoldenCheck[] checks = [.. OfficialTrainingGoldens.Verify(GoldenFiles.Path("official-dcsm"))];
        Assert.True(checks.Length > 3 * 8);
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
    }
}
