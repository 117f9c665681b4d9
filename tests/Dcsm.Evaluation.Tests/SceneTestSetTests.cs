using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests;

public sealed class SceneTestSetTests : IDisposable
{
    private const int Side = 32,
        PerKind = 3;
    private const ulong Seed = 11;
    private static readonly SplitPart[] Unseen = [SplitPart.UnseenPairs, SplitPart.UnseenObjects];
    private readonly TemporaryFolder _folder = new();

    public SceneTestSetTests() =>
        SceneDatasetWriter.Write(
            _folder.Path,
            Objects.Library,
            Objects.Sampler().Split,
            new SceneDatasetOptions
            {
                SamplesPerKind = PerKind,
                ImageSize = Side,
                Seed = Seed,
                Threads = 1,
            }
        );

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_gives_the_samples_that_were_written()
    {
        var stored = SceneTestSet.Open(_folder.Path);
        var drawn = SceneTestSet.Sample(Objects.Sampler(), Objects.Library, Unseen, PerKind, Seed);
        Assert.Equal(2 * 4 * PerKind, stored.Tests.Count);
        Assert.Equal(drawn.Tests.Select(t => (t.Id, t.Part, t.Kind)), stored.Tests.Select(t => (t.Id, t.Part, t.Kind)));
        Assert.Equal(drawn.Tests.Select(t => t.Captions), stored.Tests.Select(t => t.Captions));
        Assert.Equal(drawn.Tests.Select(t => t.OppositeCaptions), stored.Tests.Select(t => t.OppositeCaptions));
        Assert.Equal(("folder", "24"), (stored.Description["source"], stored.Description["samples"]));
        for (int i = 0; i < stored.Tests.Count; i++)
        {
            Assert.Equal(drawn.Picture(i, opposite: false, Side).Pixels, stored.Picture(i, opposite: false, Side).Pixels);
            Assert.Equal(drawn.Picture(i, opposite: true, Side).Pixels, stored.Picture(i, opposite: true, Side).Pixels);
        }
    }

    [Fact]
    public void Image_and_opposite_are_encoded_in_turn()
    {
        var stored = SceneTestSet.Open(_folder.Path);
        var drawn = SceneTestSet.Sample(Objects.Sampler(), Objects.Library, Unseen, PerKind, Seed);
        FakeEncoder files = new() { ImageSize = Side },
            pixels = new() { ImageSize = Side };
        Assert.Equal(6, stored.Encode(files, first: 4, count: 3).Pooled.Count);
        Assert.Equal(6, drawn.Encode(pixels, first: 4, count: 3).Pooled.Count);
        byte[][] expected = [.. Enumerable.Range(0, 6).Select(i => drawn.Picture(4 + i / 2, opposite: i % 2 == 1, Side).Pixels.ToArray())];
        Assert.Equal(expected, files.PathsGiven.Select(path => RgbImage.Load(path).Pixels.ToArray()));
        Assert.Equal(expected, pixels.PixelsGiven);
        Assert.NotEqual(expected[0], expected[1]);
    }

    [Fact]
    public void A_folder_is_judged_like_any_samples()
    {
        FakeEncoder encoder = new();
        SceneEvaluationResult result = SceneEvaluation.Run(SceneTestSet.Open(_folder.Path), [FakeScorer.Perfect(encoder)]);
        Assert.Equal(10, result.Cells.Count);
        Assert.All(result.Cells, cell => Assert.Equal(1, cell.Accuracy.Value));
        Assert.Equal(2 * 24, encoder.PicturesEncoded);
    }

    [Fact]
    public void Parts_and_kinds_are_taken_as_asked()
    {
        Assert.All(SceneTestSet.Open(_folder.Path, parts: [SplitPart.Train]).Tests, t => Assert.Equal(SplitPart.Train, t.Part));
        Assert.Equal(4 * PerKind, SceneTestSet.Open(_folder.Path, parts: [SplitPart.Train]).Tests.Count);

        var few = SceneTestSet.Open(
            _folder.Path,
            parts: [SplitPart.UnseenObjects],
            kinds: [SceneKind.Spatial, SceneKind.Negation],
            samplesPerKind: 2
        );
        Assert.Equal(
            ["unseen_objects/spatial/0", "unseen_objects/spatial/1", "unseen_objects/negation/0", "unseen_objects/negation/1"],
            few.Tests.Select(t => t.Id)
        );

        var drawn = SceneTestSet.Sample(
            Objects.Sampler(),
            Objects.Library,
            [SplitPart.UnseenObjects],
            2,
            Seed,
            [SceneKind.Negation, SceneKind.Color]
        );
        Assert.Equal(
            ["unseen_objects/negation/0", "unseen_objects/negation/1", "unseen_objects/color/0", "unseen_objects/color/1"],
            drawn.Tests.Select(t => t.Id)
        );
    }

    [Fact]
    public void A_folder_without_what_is_asked_for_is_an_error()
    {
        using TemporaryFolder other = new();
        SceneDatasetWriter.Write(
            other.Path,
            Objects.Library,
            Objects.Sampler().Split,
            new SceneDatasetOptions
            {
                Parts = [SplitPart.Train],
                SamplesPerKind = 1,
                ImageSize = Side,
                Threads = 1,
            }
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SceneTestSet.Open(other.Path));
        Assert.Contains(other.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("unseen_pairs, unseen_objects", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneTestSet.Open(_folder.Path, samplesPerKind: 0));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        string nowhere = _folder["nowhere"];
        Assert.Contains(
            nowhere,
            Assert.Throws<DirectoryNotFoundException>(() => SceneTestSet.Open(nowhere)).Message,
            StringComparison.Ordinal
        );

        string picture = Directory
            .EnumerateFiles(_folder["images"], "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .First();
        File.Delete(picture);
        Assert.Contains(
            Path.GetFileName(picture),
            Assert.Throws<FileNotFoundException>(() => SceneTestSet.Open(_folder.Path)).Message,
            StringComparison.Ordinal
        );

        File.Delete(_folder[SceneDatasetWriter.ListName]);
        Assert.Contains(
            SceneDatasetWriter.ListName,
            Assert.Throws<FileNotFoundException>(() => SceneTestSet.Open(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Drawn_samples_need_a_number() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneTestSet.Sample(Objects.Sampler(), Objects.Library, Unseen, 0, Seed));
}
