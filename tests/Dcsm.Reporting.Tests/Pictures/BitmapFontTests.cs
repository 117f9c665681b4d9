using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pictures;

public class BitmapFontTests
{
    [Fact]
    public void Every_printable_letter_has_its_own_shape()
    {
        string[] shapes = Enumerable
            .Range(' ', 95)
            .Append('é')
            .Select(letter =>
            {
                byte[] rgb = new byte[6 * 9 * 3];
                BitmapFont.Draw(rgb, 6, 0, 0, ((char)letter).ToString(), (255, 255, 255));
                return Convert.ToHexString(rgb);
            })
            .ToArray();
        Assert.Equal(96, shapes.Distinct().Count());
        Assert.DoesNotContain("FF", shapes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Letters_over_the_edge_are_cut()
    {
        byte[] rgb = new byte[10 * 5 * 3];
        BitmapFont.Draw(rgb, 10, -3, -2, "Wide text", (1, 2, 3));
        Assert.Contains((byte)3, rgb);
    }
}
