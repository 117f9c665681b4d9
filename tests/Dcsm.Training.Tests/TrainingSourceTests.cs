using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

public sealed class TrainingSourceTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    private static readonly HeadTrainingOptions Options = new()
    {
        Steps = 6,
        SamplesPerStream = 4,
        PoolSamples = 8,
        Reuse = 2,
        WarmUpSteps = 2,
        TextTokens = 12,
        Hidden = 16,
        ValidationSamples = 3,
        OfficialGroup = 4,
        MixedOfficialSamples = 4,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(HeadLoss.Block, MapStandardization.PerMap)]
    [InlineData(HeadLoss.Block, MapStandardization.WholeBatch)]
    [InlineData(HeadLoss.Official, MapStandardization.WholeBatch)]
    [InlineData(HeadLoss.Mixed, MapStandardization.PerMap)]
    public void Samples_with_and_without_opposite_images_train_together(HeadLoss loss, MapStandardization standardization)
    {
        // The table has both kinds of rows, COCO both kinds of streams.
        var source = new MixedTrainingSource([
            new(
                "csv",
                new HardNegativeTrainingSource(CaptionTable.ReadCsv(Path.Combine(SceneDataSets.Own(_folder.Path, 10), "own.csv")), 1)
            ),
            new("coco", new HardNegativeTrainingSource(CocoData.Read(SceneDataSets.Coco(_folder["coco"], 16)), 1), 2),
        ]);
        HeadTrainingOptions options = Options with { Loss = loss, Standardization = standardization };

        DcsmHead one = HeadTrainer.Train(small.Clip, source, options),
            two = HeadTrainer.Train(small.Clip, source, options);

        Assert.All(one.Weights.Fc1Weight.ToArray(), weight => Assert.True(float.IsFinite(weight)));
        Assert.Equal(one.Weights.Fc1Weight.ToArray(), two.Weights.Fc1Weight.ToArray());
    }

    [Fact]
    public void Pictures_of_data_sets_are_decoded_as_is_asked()
    {
        byte[] pixels = new byte[3 * 20 * 10];
        PictureFile.WriteJpeg(_folder["a.jpg"], pixels, 20, 10, 90);
        File.WriteAllBytes(_folder["a.jpg"], ExifPicture.Oriented(File.ReadAllBytes(_folder["a.jpg"]), 6));
        string hard = _folder.Write("hard.csv", "image,caption,opposite_caption\na.jpg,a cat,a dog\na.jpg,a bus,a car\n"),
            labels = _folder.Write("labels.csv", "image,caption,label\na.jpg,a cat,1\na.jpg,a dog,0\n");
        foreach (
            (PictureOptions? options, int width, string name) in new (PictureOptions?, int, string)[]
            {
                (null, 10, "apply"),
                (new PictureOptions { Orientation = PictureOrientation.Ignored }, 20, "ignore"),
            }
        )
        {
            IHeadTrainingSource[] sources =
            [
                new HardNegativeTrainingSource(CaptionTable.ReadCsv(hard), 1, options),
                new LabeledTrainingSource(CaptionTable.ReadStatementsCsv(labels, 1)!, 1, options),
            ];
            foreach (IHeadTrainingSource source in sources)
            {
                Assert.Equal(width, source.Read(0, 0).Image.Width);
                Assert.Equal(width, source.ReadGroup(0, 0).Images[0].Width);
                Assert.Equal(name, (string?)source.Describe()["orientation"]);
            }
        }

        var few = new PictureOptions { MaxPixels = 100 };
        Assert.Throws<InvalidDataException>(() => new HardNegativeTrainingSource(CaptionTable.ReadCsv(hard), 1, few).Read(0, 0));
    }

    [Fact]
    public void Pictures_alone_are_learnt_by_heart()
    {
        var losses = new List<double>();
        var source = new WatchedSource(small.Scenes(), count: 4) { Change = sample => sample with { NegativeImage = null } };
        HeadTrainer.Train(
            small.Clip,
            source,
            Options with
            {
                Steps = 80,
                Hidden = 64,
                LearningRate = 5e-3,
                ValidationSamples = 0,
            },
            progress: new Reports(p =>
            {
                if (p.Step > 0)
                    losses.Add(p.Loss);
            })
        );

        Assert.InRange(losses.First(double.IsFinite), 0.4, 0.95); // ln 2 at chance
        Assert.InRange(losses[^1], 0, 0.25);
    }

    [Fact]
    public void Embeddings_are_the_same_whether_other_samples_lack_their_opposites_or_not()
    {
        TorchNative.EnsureLoaded();
        var config = new DcsmConfig
        {
            ClipFingerprint = small.Clip.Fingerprint,
            ImageTokens = small.Clip.ImageTokens,
            TextTokens = 12,
            Dimension = small.Clip.Dimension,
            Words = FunctionalWordList.Official,
        };
        var whole = new WatchedSource(small.Scenes());
        int number = 0;
        bool[] lacking = [false, true, true, false, true, false];
        var partly = new Lacking(small.Scenes(), lacking);
        (int, long)[] wanted = [.. lacking.Select(_ => (2, (long)number++))];

        using DisposeScope scope = NewDisposeScope();
        using EncodedSamples all = new SampleEncoder(small.Clip, config).Encode(whole, wanted, default);
        using EncodedSamples some = new SampleEncoder(small.Clip, config).Encode(partly, wanted, default);

        Assert.True(all.Complete);
        Assert.False(some.Complete);
        Assert.Equal([1f, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1], some.Present.data<float>().ToArray());
        using Tensor expected = all.Images.to(ScalarType.Float32) * some.Present.view(6, 2, 1, 1),
            found = some.Images.to(ScalarType.Float32);
        Assert.True((expected - found).abs().max().item<float>() < 2e-3);
        Assert.True((all.Texts.to(ScalarType.Float32) - some.Texts.to(ScalarType.Float32)).abs().max().item<float>() == 0);
    }

    [Fact]
    public void What_has_no_weight_counts_as_its_number_of_samples_and_scenes_as_all_the_rest()
    {
        HardNegativeTrainingSource coco = new(CocoData.Read(SceneDataSets.Coco(_folder["coco"], 16)), 1) { StreamsBySamples = true },
            own = new(CaptionTable.ReadCsv(Path.Combine(SceneDataSets.Own(_folder.Path, 10), "own.csv")), 1);
        double[] samples = [.. Enumerable.Range(0, coco.Streams.Count).Select(stream => (double)coco.Count(stream)!.Value)];
        Assert.Equal(samples, coco.Weights);
        double all = samples.Sum() + own.Count(0)!.Value;
        double[] weights =
        [
            .. MixedTrainingSource.BySamples([("coco", coco, null), ("own", own, null), ("scenes", small.Scenes(), null)]).Weights,
        ];
        Assert.Equal(
            [.. samples.Select(count => count / all), own.Count(0)!.Value / all],
            weights[..^4],
            (x, y) => Math.Abs(x - y) < 1e-12
        );
        Assert.Equal(1, weights[^4..].Sum(), 12);
        Assert.Equal([3.0, 1.0], MixedTrainingSource.BySamples([("a", own, 3), ("b", own, null)]).Weights);
    }

    [Fact]
    public void Equal_weights_are_as_none_and_others_are_not()
    {
        HeadTrainingOptions options = Options with { ValidationSamples = 0 };
        float[] plain = HeadTrainer.Train(small.Clip, small.Scenes(), options).Weights.Fc1Weight.ToArray();
        var even = new MixedTrainingSource([new("scenes", small.Scenes(), 3)]);
        var uneven = new MixedTrainingSource([new("scenes", small.Scenes(), 3, new Dictionary<string, double> { ["color"] = 5 })]);

        Assert.Equal(plain, HeadTrainer.Train(small.Clip, even, options).Weights.Fc1Weight.ToArray(), (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.NotEqual(
            plain,
            HeadTrainer.Train(small.Clip, uneven, options).Weights.Fc1Weight.ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-4
        );
    }

    [Fact]
    public void A_mixture_names_its_streams_and_gives_each_source_its_share()
    {
        var mixed = new MixedTrainingSource([
            new("a", small.Scenes(), 3),
            new("b", small.Scenes(2), 1, new Dictionary<string, double> { ["size"] = 2 }),
        ]);

        Assert.Equal(["a/color", "a/size", "a/spatial", "a/negation", "b/color", "b/size", "b/spatial", "b/negation"], mixed.Streams);
        Assert.Equal([0.75, 0.75, 0.75, 0.75, 0.2, 0.4, 0.2, 0.2], mixed.Weights, (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(
            ["a/unseen_objects", "a/unseen_pairs", "b/unseen_objects", "b/unseen_pairs"],
            mixed.Validation.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(small.Scenes(2).Read(1, 7).Captions, mixed.Read(5, 7).Captions);
        Assert.Equal("mixed", mixed.Describe()["source"]!.GetValue<string>());
    }

    [Fact]
    public void Wrong_mixtures_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new MixedTrainingSource([]));
        Assert.Throws<ArgumentException>(() => new MixedTrainingSource([new("a", small.Scenes(), 0)]));
        Assert.Contains(
            "'a'",
            Assert.Throws<ArgumentException>(() => new MixedTrainingSource([new("a", small.Scenes()), new("a", small.Scenes())])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'taste'",
            Assert
                .Throws<ArgumentException>(() =>
                    new MixedTrainingSource([new("a", small.Scenes(), 1, new Dictionary<string, double> { ["taste"] = 1 })])
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_data_set_says_in_what_its_parts_are_disjoint()
    {
        var own = new HardNegativeTrainingSource(
            CaptionTable.ReadJsonLines(Path.Combine(SceneDataSets.Own(_folder.Path, 10), "own.jsonl")),
            1
        );
        Assert.Equal("picture", own.Describe()["disjointBy"]!.GetValue<string>());
        var official = new HardNegativeTrainingSource(OfficialFolder.Read(SceneDataSets.Official(_folder["official"], 6)), 1);
        Assert.Equal("object, pair of objects and picture", official.Describe()["disjointBy"]!.GetValue<string>());
        Assert.Equal(official.Count(0), official.Describe()["samples"]!["spatial"]!.GetValue<int>());
    }

    [Fact]
    public void Gray_and_CMYK_pictures_are_read()
    {
        var coco = new HardNegativeTrainingSource(CocoData.Read(SceneDataSets.Coco(_folder.Path, 16)), 1);
        for (int stream = 0; stream < coco.Streams.Count; stream++)
        {
            for (int i = 0; i < coco.Count(stream); i++)
                Assert.True(coco.Read(stream, i).Image.Width > 0);
        }
    }

    [Theory]
    [InlineData("generated")]
    [InlineData("plain")]
    [InlineData("pictures")]
    public void Cut_outs_are_put_on_any_background(string kind)
    {
        SceneBackgrounds backgrounds = kind switch
        {
            "generated" => SceneBackgrounds.Generated,
            "plain" => SceneBackgrounds.Plain,
            _ => SceneBackgrounds.Load(SceneDataSets.Backgrounds(_folder["rooms"], 5)),
        };
        Assert.Equal(kind, backgrounds.Name);
        var source = CutoutTrainingSource.Open(SceneDataSets.Cutouts(_folder["cut"]), 48, 1, 3, backgrounds);

        HeadTrainingSample sample = source.Read(2, 5),
            again = source.Read(2, 5);
        Assert.Equal(sample.Image.Pixels, again.Image.Pixels);
        Assert.NotEqual(sample.Image.Pixels.ToArray(), sample.NegativeImage!.Pixels.ToArray());
        Assert.Matches("A picture of a my \\w+ ", sample.Captions[0]);
        if (kind == "plain")
            Assert.True(Corners(sample.Image).Max() - Corners(sample.Image).Min() < 60);
    }

    [Fact]
    public void Validation_is_on_backgrounds_that_training_does_not_show()
    {
        var all = SceneBackgrounds.Load(SceneDataSets.Backgrounds(_folder.Path, 10));
        (SceneBackgrounds seen, SceneBackgrounds unseen) = all.Split(1);
        Assert.Equal(2, unseen.Files.Count);
        Assert.Empty(seen.Files.Intersect(unseen.Files));
        Assert.Equal(all.Files.Order(), seen.Files.Concat(unseen.Files).Order());
    }

    private static int[] Corners(RgbImage image) => [image.Pixels[0], image.Pixels[(image.Width - 1) * 3], image.Pixels[^3]];

    /// <summary>A source whose samples of some numbers have no opposite image.</summary>
    private sealed class Lacking(IHeadTrainingSource source, bool[] lacking) : IHeadTrainingSource
    {
        public IReadOnlyList<string> Streams => source.Streams;

        public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => source.Validation;

        public long? Count(int stream) => source.Count(stream);

        public HeadTrainingSample Read(int stream, long index) =>
            lacking[index] ? source.Read(stream, index) with { NegativeImage = null } : source.Read(stream, index);

        public JsonObject Describe() => source.Describe();
    }

    private sealed class Reports(Action<HeadTrainingProgress> report) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => report(value);
    }
}
