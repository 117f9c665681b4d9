using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Training.Pretraining;

namespace Dcsm.Training.Tests;

/// <summary>Pre-training on pictures with captions.</summary>
public sealed class ClipCaptionPretrainingTests : IDisposable
{
    private static readonly ClipPretrainingOptions Options = SmallRun.Options with { BatchSize = 8, DenseBatchSize = 4 };
    private readonly TemporaryFolder _folder = new();
    private readonly CaptionedPictures _set;

    public ClipCaptionPretrainingTests()
    {
        string directory = Directory.CreateDirectory(_folder["data"]).FullName;
        _set = CaptionedPictures.Read("csv", Path.Combine(SceneDataSets.Own(directory, 48), "own.csv"), splitSeed: 1);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_canceled_run_goes_on_and_ends_bit_for_bit_like_an_uninterrupted_one()
    {
        await Open("whole").TrainAsync(null, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var progress = new Watch(report =>
        {
            if (report.Step == 3)
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Open("parts").TrainAsync(progress, stop.Token));
        await Open("parts").TrainAsync(null, CancellationToken.None);

        Assert.Equal(File.ReadAllBytes(_folder["whole/model.safetensors"]), File.ReadAllBytes(_folder["parts/model.safetensors"]));
        Assert.Equal(File.ReadAllText(_folder["whole/metrics.jsonl"]), File.ReadAllText(_folder["parts/metrics.jsonl"]));
    }

    [Fact]
    public async Task Held_out_pictures_are_asked_and_longer_runs_learn_what_they_are_trained_on()
    {
        var reports = new List<ClipPretrainingProgress>();
        await new ClipPretrainer(_set, new PictureOptions(), _folder["long"], Options with { Steps = 120 }).TrainAsync(
            new Watch(reports.Add),
            CancellationToken.None
        );

        Assert.InRange(reports[^10..].Average(report => report.Loss), 0, 0.9 * reports[..10].Average(report => report.Loss));
        Assert.Equal(_set.HeldOut.Count, reports[^1].Retrieval!.Choices);
        Assert.InRange(reports[^1].Retrieval!.Captions, 0, 1);
        Assert.Null(reports[0].Retrieval);
        using var model = ClipModel.Load(_folder["long"]);
        Assert.Contains("really", model.KnownWords!);
        Assert.DoesNotContain(",", model.KnownWords!);
    }

    [Fact]
    public void An_epoch_shows_each_picture_once_and_the_tokens_are_those_of_the_finished_model()
    {
        var batches = (ClipCaptionBatches)Open("order").Source;
        ClipPretrainingBatch[] epoch = [.. Enumerable.Range(0, _set.Train.Count / 8).Select(batches.Make)];
        int size = epoch[0].Patches.Length / 8;
        Assert.Equal(
            8 * epoch.Length,
            epoch
                .SelectMany(batch => Enumerable.Range(0, 8).Select(i => string.Join(' ', batch.Patches.Skip(i * size).Take(size))))
                .Distinct()
                .Count()
        );
        Assert.Equal(epoch[1].Patches, batches.Make(1).Patches);
        Assert.NotEqual(epoch[0].Patches, batches.Make(epoch.Length).Patches);

        Open("order").WriteModel(Directory.CreateDirectory(_folder["model"]).FullName);
        using var model = ClipModel.Load(_folder["model"]);
        string caption = "A picture of a red-hot Zyzzyva, really!";
        (long[] ids, int length, _, float[] weights) = batches.Tokenize([caption]);
        Assert.Equal(model.EncodeTexts([caption], Options.ContextLength).Texts[0].Ids.Take(length).Select(id => (long)id), ids);
        // Start, "a picture of a", the comma, the exclamation mark and the end name nothing.
        Assert.Equal([0, 0, 0, 0, 0], weights[..5]);
        Assert.Equal(1, weights.Sum(), 1e-5);
        Assert.Equal(0, weights[^1]);
    }

    [Fact]
    public void Too_few_pictures_are_refused()
    {
        Assert.Contains(
            "fewer than a batch of 256",
            Assert
                .Throws<InvalidDataException>(() =>
                    new ClipPretrainer(_set, new PictureOptions(), _folder["few"], Options with { BatchSize = 256 })
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Captions_that_are_cut_are_counted() =>
        Assert.Contains(
            "captions have more than 6 tokens and are cut",
            Assert.Single(new ClipPretrainer(_set, new PictureOptions(), _folder["cut"], Options with { ContextLength = 6 }).Remarks),
            StringComparison.Ordinal
        );

    private ClipPretrainer Open(string name) => new(_set, new PictureOptions(), _folder[name], Options);

    private sealed class Watch(Action<ClipPretrainingProgress> at) : IProgress<ClipPretrainingProgress>
    {
        public void Report(ClipPretrainingProgress value) => at(value);
    }
}
