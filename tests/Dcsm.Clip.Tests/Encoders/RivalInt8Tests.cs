using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests.Encoders;

public sealed class RivalInt8Tests
{
    private static readonly ClipOptions Int8 = new() { Precision = ClipPrecision.Int8 };

    [Theory]
    [InlineData("siglip-tiny")]
    [InlineData("blip-itm-tiny")]
    [InlineData("blip-model-tiny")]
    public void Tokens_are_near_those_in_float32(string golden)
    {
        float[] pixels = [.. Enumerable.Range(0, 7 * 3 * 32 * 32).Select(i => MathF.Sin(i * 0.37f))];
        using var exact = ClipModel.Load(Goldens.Path("baselines", golden));
        using var int8 = ClipModel.Load(Goldens.Path("baselines", golden), Int8);
        (ImageEncoding expected, ImageEncoding found) = (exact.EncodePixels(pixels, 7), int8.EncodePixels(pixels, 7));
        Assert.Equal((expected.Tokens.Tokens, expected.Tokens.Dimension), (found.Tokens.Tokens, found.Tokens.Dimension));
        Assert.NotEqual(expected.Tokens.Values.ToArray(), found.Tokens.Values.ToArray());
        double least = Cosines.Of(expected.Tokens, found.Tokens).Min();
        Assert.True(least > 0.99, $"{least} at least");
        // However many are together.
        Assert.Equal(found.Tokens[6].ToArray(), int8.EncodePixels(pixels.AsMemory(6 * 3 * 32 * 32), 1).Tokens.Values.ToArray());
    }

    [Fact]
    public void Where_there_is_none_it_is_refused()
    {
        string path = Goldens.Path("baselines", "coca-tiny");
        ArgumentException error = Assert.Throws<ArgumentException>(() => ClipModel.Load(path, Int8));
        Assert.Equal($"{path}: is a CoCa, whose image tower can't be computed in int8; take float32.", error.Message);
    }
}
