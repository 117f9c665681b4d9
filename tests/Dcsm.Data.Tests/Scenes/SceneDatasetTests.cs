using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Progress;

namespace Dcsm.Data.Tests.Scenes;

public class SceneDatasetTests
{
    private static readonly SceneDatasetOptions Options = new()
    {
        SamplesPerKind = 12,
        ImageSize = 32,
        Seed = 77,
    };

    private static void Write(
        string directory,
        SceneDatasetOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) => SceneDatasetWriter.Write(directory, TestData.Library, TestData.Split, options ?? Options, progress, cancellationToken);

    /// <summary>Calls back on the spot, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Report(Action<WorkProgress> action) : IProgress<WorkProgress>
    {
        void IProgress<WorkProgress>.Report(WorkProgress value) => action(value);
    }

    private static Dictionary<string, byte[]> Contents(string directory) =>
        Directory
            .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(directory, path), File.ReadAllBytes);

    private static void AssertSame(Dictionary<string, byte[]> expected, Dictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value, actual[pair.Key]));
    }

    [Theory]
    [InlineData(PictureFormat.Png, ".png")]
    [InlineData(PictureFormat.Jpeg, ".jpg")]
    public void What_is_written_is_read(PictureFormat format, string extension)
    {
        using var folder = new TemporaryFolder();
        var reports = new List<WorkProgress>();
        Write(folder.Path, Options with { Format = format, FirstIndex = 1000 }, new Report(reports.Add));
        IReadOnlyList<SceneRecord> records = SceneDatasetReader.Read(folder.Path);

        Assert.Equal(12 * 4 * 3, records.Count);
        Assert.Equal(new WorkProgress(144, 144), reports[^1]);
        Assert.Equal(12, records.Count(record => record.Kind == SceneKind.Size && record.Part == SplitPart.UnseenPairs));
        Assert.Equal(
            Enumerable.Range(1000, 12),
            records.Where(record => record.Kind == SceneKind.Size && record.Part == SplitPart.Train).Select(record => (int)record.Index)
        );
        Assert.All(
            records,
            record =>
            {
                SceneSample drawn = TestData.Sampler.Sample(record.Kind, record.Part, 77, record.Index);
                Assert.Equal(drawn.Captions, record.Captions);
                Assert.Equal(drawn.OppositeCaptions, record.OppositeCaptions);
                Assert.Equal(drawn.Image.Objects, Placed(record.Objects));
                Assert.Equal(drawn.Opposite.Objects, Placed(record.OppositeObjects));
                Assert.Equal(drawn.Image.BackgroundSeed, record.BackgroundSeed);
                Assert.Equal(32, record.ImageSize);
                Assert.EndsWith(extension, record.ImageFile, StringComparison.Ordinal);
                Assert.True(File.Exists(record.ImageFile) && File.Exists(record.OppositeFile));
                Assert.All(
                    record.Objects.Zip(drawn.Image.Objects),
                    pair =>
                    {
                        SceneBox box = TestData.Library.Box(pair.Second);
                        Assert.Equal(box.Left * 32, pair.First.Box.Left, 0.01f);
                        Assert.Equal(box.Bottom * 32, pair.First.Box.Bottom, 0.02f);
                    }
                );
            }
        );
    }

    [Fact]
    public void Png_pictures_are_what_the_renderer_draws()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path, Options with { SamplesPerKind = 1, Kinds = [SceneKind.Negation], Parts = [SplitPart.UnseenObjects] });
        SceneRecord record = Assert.Single(SceneDatasetReader.Read(folder.Path));
        using var bitmap = SkiaSharp.SKBitmap.Decode(record.OppositeFile);
        byte[] expected = new SceneRenderer(TestData.Library, 32).Render(new Scene(record.BackgroundSeed, Placed(record.OppositeObjects)));
        Assert.Equal(expected, bitmap.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue }));
    }

    private static PlacedObject[] Placed(IReadOnlyList<SceneRecordObject> objects) =>
        [
            .. objects.Select(item => new PlacedObject(
                TestData.Library.IndexOf(item.Name),
                item.CenterX,
                item.CenterY,
                item.Size,
                item.Color is null ? SceneColors.None : SceneColors.IndexOf(item.Color),
                item.Mirrored
            )),
        ];

    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        using var one = new TemporaryFolder();
        using var many = new TemporaryFolder();
        Write(one.Path, Options with { Threads = 1 });
        Write(many.Path, Options with { Threads = 5 });
        AssertSame(Contents(one.Path), Contents(many.Path));
    }

    [Fact]
    public void A_canceled_run_goes_on()
    {
        using var whole = new TemporaryFolder();
        Write(whole.Path);
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Write(
                folder.Path,
                progress: new Report(value =>
                {
                    if (value.Done > 0)
                        cancellation.Cancel();
                }),
                cancellationToken: cancellation.Token
            )
        );
        Assert.False(File.Exists(folder["scenes.jsonl"]));
        Assert.Contains(
            "interrupted",
            Assert.Throws<FileNotFoundException>(() => SceneDatasetReader.Read(folder.Path)).Message,
            StringComparison.Ordinal
        );

        long first = -1;
        Write(folder.Path, progress: new Report(value => first = first < 0 ? value.Done : first));
        Assert.Equal(64, first);
        AssertSame(Contents(whole.Path), Contents(folder.Path));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(4000)]
    public void A_killed_run_goes_on_behind_the_torn_line(int lost)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        Dictionary<string, byte[]> expected = Contents(folder.Path);

        // As a kill leaves it: no final name, a torn line, a picture not renamed yet, and one not written.
        byte[] lines = File.ReadAllBytes(folder["scenes.jsonl"]);
        File.WriteAllBytes(folder["scenes.jsonl.partial"], lines[..^lost]);
        File.Delete(folder["scenes.jsonl"]);
        File.WriteAllText(folder["images/train-color-000003.png.0a1b2c3d.4e5.tmp"], "torn");
        File.SetLastWriteTimeUtc(folder["images/train-color-000003.png.0a1b2c3d.4e5.tmp"], DateTime.UtcNow.AddMinutes(-1));
        File.Delete(folder["images/train-size-000003.png"]);
        Write(folder.Path);
        AssertSame(expected, Contents(folder.Path));
    }

    [Fact]
    public void A_finished_data_set_is_left_as_it_is_but_for_lost_pictures()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        Dictionary<string, byte[]> expected = Contents(folder.Path);
        File.Delete(folder["images/unseen_objects-spatial-000011-opposite.png"]);
        WorkProgress last = default;
        Write(folder.Path, progress: new Report(value => last = value));
        Assert.Equal(144, last.Done);
        AssertSame(expected, Contents(folder.Path));
    }

    [Fact]
    public void Other_settings_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        Assert.Contains(
            "'seed' is 77, asked was 78",
            Assert.Throws<InvalidDataException>(() => Write(folder.Path, Options with { Seed = 78 })).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'kinds'",
            Assert.Throws<InvalidDataException>(() => Write(folder.Path, Options with { Kinds = [SceneKind.Size] })).Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(folder["scenes.jsonl.partial"]));
        File.WriteAllText(folder["dataset.json"], "{");
        Assert.Contains(
            "the JSON stops in the middle",
            Assert.Throws<InvalidDataException>(() => Write(folder.Path)).Message,
            StringComparison.Ordinal
        );
        File.Delete(folder["dataset.json"]);
        Assert.Contains("dataset.json", Assert.Throws<InvalidDataException>(() => Write(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_lines_are_told()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        string path = folder["scenes.jsonl"];
        string[] lines = File.ReadAllLines(path);
        lines[4] = lines[4].Replace("A picture", "A drawing", StringComparison.Ordinal);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        Assert.Contains(
            "scenes.jsonl, line 5",
            Assert.Throws<InvalidDataException>(() => Write(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Surplus_and_lost_lines_are_told()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        string path = folder["scenes.jsonl"];
        string lines = File.ReadAllText(path);
        File.WriteAllText(path, lines + "{}\n");
        Assert.Contains("line 145", Assert.Throws<InvalidDataException>(() => Write(folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, lines[..^1]);
        Assert.Contains(
            "missing at the end",
            Assert.Throws<InvalidDataException>(() => Write(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Two_runs_do_not_write_to_one_folder()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<IOException>(() => Write(folder.Path, progress: new Report(_ => Write(folder.Path))));
    }

    [Fact]
    public void Wrong_options_are_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(folder.Path, Options with { SamplesPerKind = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(folder.Path, Options with { ImageSize = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(folder.Path, Options with { JpegQuality = 0 }));
        Assert.Throws<ArgumentException>(() => Write(folder.Path, Options with { Kinds = [] }));
        Assert.Throws<ArgumentException>(() => Write(folder.Path, Options with { Parts = [SplitPart.Train, SplitPart.Train] }));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
