using Dcsm.Reporting.Pages;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Reporting.Tests.Pages;

public class SvgLineChartTests
{
    [Property]
    public Property A_nice_step_cuts_a_range_into_two_to_four() =>
        Prop.ForAll(
            Gen.Choose(1, 1_000_000).Select(n => n / 1000.0).ToArbitrary(),
            range =>
            {
                double step = SvgLineChart.NiceStep(range),
                    digit = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
                return range / step is > 1.59 and < 4.01 && new[] { 1.0, 2, 5 }.Any(nice => Math.Abs(digit - nice) < 1e-9);
            }
        );

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(99.4, "99 s")]
    [InlineData(99.6, "1 min 40 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(5400, "90 min 00 s")]
    [InlineData(7200, "2.0 h")]
    public void Durations_read_easily(double seconds, string expected) => Assert.Equal(expected, SvgLineChart.Duration(seconds));
}
