using System.Security.Cryptography;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Data.Tests.Scenes;

public class SceneRendererTests
{
    private static readonly int Apple = TestData.Library.IndexOf("apple");

    private static Scene Plain(ulong background, params PlacedObject[] objects) => new(background, objects);

    private static (double Red, double Green, double Blue) Mean(byte[] rgb, int size, float left, float top, float right, float bottom)
    {
        double red = 0,
            green = 0,
            blue = 0;
        int count = 0;
        for (int y = (int)(top * size); y < (int)(bottom * size); y++)
        {
            for (int x = (int)(left * size); x < (int)(right * size); x++, count++)
            {
                int at = ((y * size) + x) * 3;
                red += rgb[at];
                green += rgb[at + 1];
                blue += rgb[at + 2];
            }
        }

        return (red / count, green / count, blue / count);
    }

    [Theory]
    [InlineData(96, SceneKind.Color, "0df77c6840dc933d")]
    [InlineData(96, SceneKind.Size, "3180968d59de410f")]
    [InlineData(96, SceneKind.Spatial, "bde40ab1ba3b83f4")]
    [InlineData(96, SceneKind.Negation, "2f4247bb3e548e9a")]
    [InlineData(224, SceneKind.Color, "9dcefa947bf0616b")]
    [InlineData(224, SceneKind.Negation, "454e030c24197ce9")]
    public void Pictures_are_the_same_on_every_machine(int size, SceneKind kind, string expected)
    {
        var renderer = new SceneRenderer(TestData.Library, size);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 8; i++)
        {
            SceneSample sample = TestData.Sampler.Sample(kind, SplitPart.Train, seed: 11, i);
            hash.AppendData(renderer.Render(sample.Image));
            hash.AppendData(renderer.Render(sample.Opposite));
        }

        Assert.Equal(expected, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var renderer = new SceneRenderer(TestData.Library, 64);
        Scene[] scenes = Enumerable
            .Range(0, 64)
            .Select(i => TestData.Sampler.Sample((SceneKind)(i % 4), SplitPart.Train, 4, i).Image)
            .ToArray();
        byte[][] alone = scenes.Select(renderer.Render).ToArray();
        byte[][] together = new byte[scenes.Length][];
        Parallel.For(0, scenes.Length, i => together[i] = renderer.Render(scenes[i]));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void What_was_in_the_span_does_not_matter()
    {
        var renderer = new SceneRenderer(TestData.Library, 32);
        Scene scene = TestData.Sampler.Sample(SceneKind.Color, SplitPart.Train, 4, 0).Image;
        byte[] rgb = new byte[renderer.ByteCount];
        rgb.AsSpan().Fill(77);
        renderer.Render(scene, rgb);
        Assert.Equal(renderer.Render(scene), rgb);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(33)]
    [InlineData(96)]
    [InlineData(224)]
    [InlineData(500)]
    public void An_object_is_where_it_was_put(int size)
    {
        // Differences to the bare background have to fill the box, and nothing else.
        var renderer = new SceneRenderer(TestData.Library, size);
        var placed = new PlacedObject(Apple, 0.6f, 0.35f, 0.5f, 0, false);
        byte[] bare = renderer.Render(Plain(5));
        byte[] with = renderer.Render(Plain(5, placed));
        SceneBox box = TestData.Library.Box(placed);
        int left = size,
            top = size,
            right = -1,
            bottom = -1;
        for (int i = 0; i < bare.Length; i++)
        {
            if (Math.Abs(bare[i] - with[i]) < 8)
                continue;
            (int x, int y) = (i / 3 % size, i / 3 / size);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }

        Assert.InRange(left, (box.Left * size) - 1, (box.Left * size) + 1.5);
        Assert.InRange(right + 1, (box.Right * size) - 1.5, (box.Right * size) + 1);
        Assert.InRange(top, (box.Top * size) - 1, (box.Top * size) + 1.5);
        Assert.InRange(bottom + 1, (box.Bottom * size) - 1.5, (box.Bottom * size) + 1);
    }

    [Fact]
    public void Tints_have_their_hue()
    {
        var renderer = new SceneRenderer(TestData.Library, 96);
        for (int color = 0; color < SceneColors.Count; color++)
        {
            byte[] rgb = renderer.Render(
                Plain(
                    9,
                    new PlacedObject(TestData.Library.IndexOf("heel"), 0.5f, 0.5f, 0.9f, color, false),
                    new PlacedObject(TestData.Library.IndexOf("brick"), 0.5f, 0.5f, 0.9f, color, false)
                )
            );
            (double Red, double Green, double Blue) mean = Mean(rgb, 96, 0.3f, 0.3f, 0.7f, 0.7f);
            // The nearest of the tints in hue and brightness, each as bright as its shading leaves it.
            int nearest = Enumerable
                .Range(0, SceneColors.Count)
                .MinBy(candidate =>
                {
                    (byte red, byte green, byte blue) = SceneColors.Rgb(candidate);
                    const double Shade = 0.75;
                    return Math.Pow((red * Shade) - mean.Red, 2)
                        + Math.Pow((green * Shade) - mean.Green, 2)
                        + Math.Pow((blue * Shade) - mean.Blue, 2);
                });
            Assert.Equal(SceneColors.Names[color], SceneColors.Names[nearest]);
        }
    }

    [Fact]
    public void Mirrored_objects_are_mirrored()
    {
        var renderer = new SceneRenderer(TestData.Library, 96);
        var placed = new PlacedObject(TestData.Library.IndexOf("teapot"), 0.5f, 0.5f, 0.8f, 0, false);
        byte[] bare = renderer.Render(Plain(5));
        byte[] plain = renderer.Render(Plain(5, placed));
        byte[] mirrored = renderer.Render(Plain(5, placed with { Mirrored = true }));
        Assert.NotEqual(plain, mirrored);
        int same = 0,
            covered = 0;
        for (int y = 0; y < 96; y++)
        {
            for (int x = 0; x < 96; x++)
            {
                bool Changed(byte[] rgb, int column) =>
                    Enumerable
                        .Range(0, 3)
                        .Any(c => Math.Abs(rgb[(((y * 96) + column) * 3) + c] - bare[(((y * 96) + column) * 3) + c]) > 24);
                bool is1 = Changed(plain, x);
                bool is2 = Changed(mirrored, 95 - x);
                covered += is1 || is2 ? 1 : 0;
                same += is1 && is2 ? 1 : 0;
            }
        }

        Assert.InRange(same / (double)covered, 0.9, 1);
    }

    [Fact]
    public void Objects_may_reach_over_the_edge_or_lie_outside()
    {
        var renderer = new SceneRenderer(TestData.Library, 48);
        byte[] bare = renderer.Render(Plain(5));
        Assert.NotEqual(bare, renderer.Render(Plain(5, new PlacedObject(Apple, 0, 0, 3, -1, true))));
        Assert.Equal(bare, renderer.Render(Plain(5, new PlacedObject(Apple, -3, 5, 0.4f, -1, false))));
        Assert.Equal(48 * 48 * 3, renderer.Render(Plain(5, new PlacedObject(Apple, 0.5f, 0.5f, 1e-9f, 3, false))).Length);
    }

    [Fact]
    public void Later_objects_cover_earlier_ones()
    {
        var renderer = new SceneRenderer(TestData.Library, 48);
        int brick = TestData.Library.IndexOf("brick");
        var red = new PlacedObject(brick, 0.5f, 0.5f, 0.8f, 0, false);
        PlacedObject blue = red with { Color = 2 };
        (double Red, double Green, double Blue) mean = Mean(renderer.Render(Plain(5, red, blue)), 48, 0.3f, 0.3f, 0.7f, 0.7f);
        Assert.True(mean.Blue > mean.Red * 1.5);
    }

    [Fact]
    public void Backgrounds_differ_and_are_neither_black_nor_white()
    {
        var renderer = new SceneRenderer(TestData.Library, 32);
        byte[][] pictures = Enumerable.Range(0, 200).Select(i => renderer.Render(Plain((ulong)i))).ToArray();
        Assert.Equal(200, pictures.Select(picture => Convert.ToHexString(SHA256.HashData(picture))).Distinct().Count());
        Assert.All(pictures, picture => Assert.InRange(picture.Average(value => (double)value), 25, 235));
    }

    [Fact]
    public void Impossible_scenes_are_refused()
    {
        var renderer = new SceneRenderer(TestData.Library, 32);
        var good = new PlacedObject(Apple, 0.5f, 0.5f, 0.5f, -1, false);
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1), new byte[32 * 32]));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Object = 307 })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Object = -1 })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Color = 8 })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Color = -2 })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Size = 0 })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { Size = float.NaN })));
        Assert.Throws<ArgumentException>(() => renderer.Render(Plain(1, good with { CenterX = float.PositiveInfinity })));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SceneRenderer(TestData.Library, 4));
    }
}
