using Dcsm.Clip.Preprocessing;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>Dense maps whose cosines are given.</summary>
internal static class SampleMaps
{
    private const int TextTokens = 16;

    /// <summary>
    /// A map in which a token's cosine with a patch is the patch's value times the token's weight, 1 where none is given.
    /// </summary>
    public static DenseMapExplanation Of(string caption, Func<int, float> patch, int patches = 16, Func<int, float>? weight = null)
    {
        FakeEncoder encoder = new()
        {
            Patches = patches,
            Patch = (_, t) => [t == 0 ? 0.5f : patch(t - 1), 0, 0, 0],
            Token = (_, place) => [weight?.Invoke(place) ?? 1, 0, 0, 0],
        };
        DcsmConfig config = new()
        {
            ClipFingerprint = encoder.Fingerprint,
            ImageTokens = encoder.ImageTokens,
            TextTokens = TextTokens,
            Dimension = encoder.Dimension,
            Words = FunctionalWordList.Official,
        };
        DcsmHead head = new(config, DcsmHeadWeights.Create(config, seed: 1));
        return head.Explain(
            encoder.EncodeRgb(new byte[3 * encoder.ImageSize * encoder.ImageSize], 1),
            0,
            encoder.EncodeTexts([caption], TextTokens),
            0
        );
    }

    public static RgbImage Plain(int side, byte level = 128)
    {
        byte[] pixels = new byte[3 * side * side];
        Array.Fill(pixels, level);
        return new RgbImage(side, side, pixels);
    }

    public static (byte Red, byte Green, byte Blue) Pixel(this RgbImage picture, int x, int y)
    {
        int at = 3 * (y * picture.Width + x);
        return (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]);
    }
}
