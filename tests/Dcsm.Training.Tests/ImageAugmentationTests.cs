using Dcsm.Clip.Preprocessing;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using FsCheck.Xunit;

namespace Dcsm.Training.Tests;

public sealed class ImageAugmentationTests(SmallClip small) : IClassFixture<SmallClip>
{
    [Fact]
    public void No_change_leaves_the_picture()
    {
        RgbImage image = Noise(9, 7);
        var random = new SceneRandom(1);
        Assert.True(new ImageAugmentation().IsNone);
        Assert.Same(image, new ImageAugmentation().Apply(image, ref random));
        Assert.False(ImageAugmentation.Official.IsNone);
    }

    [Fact]
    public void A_quarter_turn_goes_against_the_clock()
    {
        RgbImage image = Noise(6, 6),
            turned = PictureWarp.Rotate(image, 90);
        for (int y = 0; y < 6; y++)
        {
            for (int x = 0; x < 6; x++)
                Assert.Equal(At(image, 5 - y, x), At(turned, x, y));
        }
    }

    [Property(MaxTest = 50)]
    public void A_turn_by_nothing_and_an_even_projection_change_nothing(byte width, byte height)
    {
        RgbImage image = Noise((width % 20) + 1, (height % 20) + 1);
        Assert.Equal(image.Pixels, PictureWarp.Rotate(image, 0).Pixels);
        Assert.Equal(image.Pixels, PictureWarp.Project(image, [1, 0, 0, 0, 1, 0, 0, 0]).Pixels);
    }

    [Property(MaxTest = 100)]
    public void A_homography_takes_each_point_to_its_partner(ulong seed)
    {
        var random = new SceneRandom(seed);
        (double, double)[] from = [Near(0, 0), Near(50, 0), Near(50, 30), Near(0, 30)],
            to = [Near(0, 0), Near(50, 0), Near(50, 30), Near(0, 30)];
        double[] h = PictureWarp.Homography(from, to);
        for (int i = 0; i < 4; i++)
        {
            (double x, double y) = from[i];
            double w = (h[6] * x) + (h[7] * y) + 1;
            Assert.Equal(to[i].Item1, ((h[0] * x) + (h[1] * y) + h[2]) / w, 8);
            Assert.Equal(to[i].Item2, ((h[3] * x) + (h[4] * y) + h[5]) / w, 8);
        }

        (double, double) Near(double x, double y) => (x + (4 * random.NextDouble()), y + (4 * random.NextDouble()));
    }

    [Fact]
    public void Perspective_keeps_an_even_picture_even_but_for_black_edges()
    {
        var image = new RgbImage(80, 60, [.. Enumerable.Repeat((byte)200, 80 * 60 * 3)]);
        int edges = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var random = new SceneRandom(seed);
            RgbImage moved = PictureWarp.Perspective(image, 0.3, ref random);
            Assert.All(moved.Pixels.ToArray(), value => Assert.True(value is 200 or 0));
            edges += moved.Pixels.ToArray().Count(value => value == 0);
        }
        Assert.InRange(edges / 20.0 / image.Pixels.Length, 0.01, 0.4);
    }

    [Fact]
    public void Salt_and_pepper_fall_on_their_share_of_values()
    {
        var image = new RgbImage(400, 300, [.. Enumerable.Repeat((byte)100, 400 * 300 * 3)]);
        var random = new SceneRandom(4);
        RgbImage strewn = PictureNoise.SaltAndPepper(image, 0.02, 0.03, ref random);
        double n = strewn.Pixels.Length;
        // Five standard deviations.
        Assert.InRange(strewn.Pixels.ToArray().Count(v => v == 0) / n, 0.03 - 0.0015, 0.03 + 0.0015);
        Assert.InRange(strewn.Pixels.ToArray().Count(v => v == 255) / n, (0.02 * 0.97) - 0.0013, (0.02 * 0.97) + 0.0013);
        // Each channel by itself: few pixels are all salt.
        Assert.InRange(
            Enumerable.Range(0, 400 * 300).Count(i => strewn.Pixels.Slice(3 * i, 3).SequenceEqual(new byte[] { 255, 255, 255 })),
            0,
            10
        );
    }

    [Property(MaxTest = 50)]
    public void A_crop_is_a_part_of_the_picture(ulong seed)
    {
        RgbImage image = Noise(40, 30);
        var random = new SceneRandom(seed);
        RgbImage crop = PictureWarp.Crop(image, 0.8, ref random);
        Assert.InRange(crop.Width, 32, 40);
        Assert.InRange(Math.Abs((crop.Width / 40.0) - (crop.Height / 30.0)), 0, 0.03);
        Assert.Contains(
            from top in Enumerable.Range(0, 31 - crop.Height)
            from left in Enumerable.Range(0, 41 - crop.Width)
            select (left, top),
            place =>
                Enumerable
                    .Range(0, crop.Height)
                    .All(y => Enumerable.Range(0, crop.Width).All(x => At(crop, x, y) == At(image, place.left + x, place.top + y)))
        );
    }

    [Fact]
    public void Numbers_out_of_range_are_named()
    {
        RgbImage image = Noise(4, 4);
        Assert.All(
            new ImageAugmentation[]
            {
                new() { Salt = 1 },
                new() { CropSide = 0 },
                new() { Rotation = -1 },
                new() { PerspectiveDistortion = double.NaN },
            },
            wrong =>
            {
                var random = new SceneRandom(1);
                Assert.ThrowsAny<ArgumentException>(() => wrong.Apply(image, ref random));
            }
        );
    }

    [Fact]
    public void Copies_of_a_stream_that_ends_are_as_many_as_asked_and_each_is_different()
    {
        var plain = new WatchedSource(small.Scenes(), count: 3);
        var source = new AugmentedTrainingSource(plain, ImageAugmentation.Official, copies: 4, seed: 7);
        Assert.Equal(12, source.Count(0));
        HeadTrainingSample[] samples = [.. Enumerable.Range(0, 12).Select(i => source.Read(0, i))];
        for (int i = 0; i < 12; i++)
        {
            Assert.Equal(plain.Read(0, i % 3).Captions, samples[i].Captions);
            Assert.Equal(samples[i].Image.Pixels, source.Read(0, i).Image.Pixels);
        }
        Assert.Equal(
            24,
            samples
                .SelectMany(sample => new[] { sample.Image, sample.NegativeImage! })
                .Select(image => Convert.ToHexString(image.Pixels))
                .Distinct()
                .Count()
        );
        Assert.Equal(source.Validation.Keys, plain.Validation.Keys);
        Assert.Equal(4, source.Describe()["augmentation"]!["copies"]!.GetValue<int>());
    }

    [Fact]
    public void Without_copies_every_pass_visits_each_sample_once_in_another_order()
    {
        var source = new AugmentedTrainingSource(
            new WatchedSource(small.Scenes(), count: 12),
            ImageAugmentation.Official,
            copies: null,
            seed: 7
        );
        Assert.Null(source.Count(0));
        string[][] passes =
        [
            .. Enumerable
                .Range(0, 3)
                .Select(pass => Enumerable.Range(0, 12).Select(i => source.Read(0, (12 * pass) + i).Captions[0]).ToArray()),
        ];
        Assert.All(passes, pass => Assert.Equal(passes[0].Order(), pass.Order()));
        Assert.NotEqual(passes[0], passes[1]);
    }

    [Fact]
    public void Copies_are_encoded_once_where_the_pool_holds_them()
    {
        var plain = new WatchedSource(small.Scenes(), count: 3);
        var options = new HeadTrainingOptions
        {
            Steps = 20,
            SamplesPerStream = 4,
            PoolSamples = 8,
            TextTokens = 12,
            Hidden = 8,
            ValidationSamples = 0,
        };
        HeadTrainer.Train(small.Clip, new AugmentedTrainingSource(plain, ImageAugmentation.Official, copies: 2, seed: 7), options);
        Assert.Equal(12, plain.Reads.Count);
        Assert.All(plain.Reads.Values, reads => Assert.Equal(2, reads));
    }

    private static RgbImage Noise(int width, int height)
    {
        var random = new SceneRandom((ulong)((1000 * width) + height));
        return new RgbImage(width, height, [.. Enumerable.Range(0, 3 * width * height).Select(_ => (byte)random.NextInt(256))]);
    }

    private static (byte, byte, byte) At(RgbImage image, int x, int y)
    {
        ReadOnlySpan<byte> pixel = image.Pixels.Slice(3 * ((y * image.Width) + x), 3);
        return (pixel[0], pixel[1], pixel[2]);
    }
}
