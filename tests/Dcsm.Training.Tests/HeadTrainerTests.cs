using System.Text.Json.Nodes;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Tests;

public sealed class HeadTrainerTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    // Rounds of 4 steps, so that a run of 10 steps takes three pools.
    private static readonly HeadTrainingOptions Options = new()
    {
        Steps = 10,
        SamplesPerStream = 4,
        PoolSamples = 8,
        Reuse = 2,
        WarmUpSteps = 2,
        Dropout = 0.1,
        TextTokens = 12,
        Hidden = 16,
        ValidationSamples = 3,
        ReportEvery = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_learns_a_few_scenes_by_heart()
    {
        var losses = new List<double>();
        HeadTrainer.Train(
            small.Clip,
            new WatchedSource(small.Scenes(), count: 4),
            Options with
            {
                Steps = 200,
                Dropout = 0,
                Hidden = 64,
                LearningRate = 5e-3,
                ValidationSamples = 0,
            },
            progress: new Watch(p =>
            {
                if (p.Step > 0)
                    losses.Add(p.Loss);
            })
        );

        Assert.Equal(200, losses.Count(double.IsFinite));
        Assert.InRange(losses[0], 1.2, 1.6); // 2 ln 2 at chance
        Assert.InRange(losses[^1], 0, 0.5);
    }

    [Theory]
    [InlineData(HeadLoss.Block)]
    [InlineData(HeadLoss.Mixed)]
    public void A_run_that_is_stopped_twice_ends_bit_for_bit_like_an_uninterrupted_one(HeadLoss loss)
    {
        HeadTrainingOptions options = Options with { Loss = loss, MixedOfficialSamples = 4, OfficialGroup = 4 };
        DcsmHead whole = HeadTrainer.Train(small.Clip, small.Scenes(), options);

        foreach (int at in new[] { 3, 6 })
        {
            using var stop = new CancellationTokenSource();
            var watch = new Watch(p =>
            {
                if (p.Step == at)
                    stop.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() =>
                HeadTrainer.Train(small.Clip, small.Scenes(), options, _folder.Path, watch, stop.Token)
            );
        }
        DcsmHead parts = HeadTrainer.Train(small.Clip, small.Scenes(), options, _folder.Path);

        Same(whole, parts);
    }

    [Fact]
    public void A_run_that_dies_goes_on_from_its_last_checkpoint_and_its_metrics_have_each_step_once()
    {
        HeadTrainingOptions options = Options with { CheckpointEvery = TimeSpan.Zero };
        DcsmHead whole = HeadTrainer.Train(small.Clip, small.Scenes(), options);

        var watch = new Watch(p =>
        {
            if (p.Step == 5)
                throw new IOException("the machine is gone");
        });
        Assert.Throws<IOException>(() => HeadTrainer.Train(small.Clip, small.Scenes(), options, _folder.Path, watch));
        var steps = new List<int>();
        DcsmHead resumed = HeadTrainer.Train(
            small.Clip,
            small.Scenes(),
            options,
            _folder.Path,
            new Watch(p =>
            {
                if (double.IsFinite(p.Loss))
                    steps.Add(p.Step);
            })
        );

        Assert.Equal(5, steps[0]);
        Same(whole, resumed);
        JsonNode[] lines = [.. File.ReadAllLines(_folder["metrics.jsonl"]).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(Enumerable.Range(1, 10), lines.Select(line => line["step"]!.GetValue<int>()));
        Assert.InRange(lines[^1]["validation"]!["unseen_objects"]!["spatial"]!.GetValue<double>(), 0, 1);
    }

    [Fact]
    public void Lines_of_another_run_are_taken_out_of_the_metrics()
    {
        HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 3 }, _folder.Path);
        string[] ours = File.ReadAllLines(_folder["metrics.jsonl"]);
        HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 3, Seed = 9 }, _folder["other"]);
        string[] theirs = File.ReadAllLines(_folder["other/metrics.jsonl"]);
        File.WriteAllLines(_folder["metrics.jsonl"], [theirs[0], .. ours, "{}", "[1]", theirs[^1], "{\"step\":\"one\"}", "{\"step\""]);

        HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 3 }, _folder.Path);
        Assert.Equal(ours, File.ReadAllLines(_folder["metrics.jsonl"]));
    }

    [Theory]
    [InlineData("hidden", "is of shape [")]
    [InlineData("step", "step is no whole number from 0: 'soon'")]
    [InlineData("seconds", "seconds is no number")]
    [InlineData("window", "window is not of three numbers")]
    [InlineData("run", "checkpoint.safetensors, run: the JSON stops")]
    [InlineData("selection", "checkpoint.safetensors, selection")]
    public void A_checkpoint_of_other_shapes_or_words_is_refused(string what, string expected)
    {
        HeadTrainer.Train(small.Clip, small.Scenes(), Options, _folder.Path);
        string path = _folder["checkpoint.safetensors"];
        Dictionary<string, (int[] Shape, float[] Values)> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = file.Names.ToDictionary(name => name, name => (file.Get(name).Shape.ToArray(), file.ReadFloat32(name)));
            metadata = file.Metadata.ToDictionary();
        }

        if (metadata.ContainsKey(what))
        {
            metadata[what] = what == "run" ? "{" : "soon";
        }
        else
        {
            string matrix = tensors.First(tensor => tensor.Value.Shape is [var a, var b] && a != b).Key;
            tensors[matrix] = ([.. tensors[matrix].Shape.Reverse()], tensors[matrix].Values);
        }

        SafetensorsWriter.Write(path, tensors, metadata);
        string message = Assert
            .Throws<InvalidDataException>(() => HeadTrainer.Train(small.Clip, small.Scenes(), Options, _folder.Path))
            .Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_over_gives_its_head_again()
    {
        DcsmHead first = HeadTrainer.Train(small.Clip, small.Scenes(), Options, _folder.Path);
        DcsmHead again = HeadTrainer.Train(small.Clip, small.Scenes(), Options, _folder.Path);

        Same(first, again);
        Assert.Equal(first.Config.Metrics["validation"]!.ToJsonString(), again.Config.Metrics["validation"]!.ToJsonString());
    }

    [Fact]
    public void The_seed_decides()
    {
        HeadTrainingOptions options = Options with { Steps = 3, ValidationSamples = 0 };
        DcsmHead one = HeadTrainer.Train(small.Clip, small.Scenes(), options);
        Same(one, HeadTrainer.Train(small.Clip, small.Scenes(), options));
        Assert.NotEqual(
            one.Weights.Fc1Weight.ToArray(),
            HeadTrainer.Train(small.Clip, small.Scenes(), options with { Seed = 2 }).Weights.Fc1Weight.ToArray()
        );
        Assert.NotEqual(
            one.Weights.Fc1Weight.ToArray(),
            HeadTrainer.Train(small.Clip, small.Scenes(seed: 2), options).Weights.Fc1Weight.ToArray()
        );
    }

    [Fact]
    public void Endless_scenes_are_encoded_once_each()
    {
        var source = new WatchedSource(small.Scenes());
        HeadTrainer.Train(small.Clip, source, Options with { ValidationSamples = 0 });

        Assert.All(source.Reads.Values, reads => Assert.Equal(1, reads));
        Assert.Equal(3 * 8 * 4, source.Reads.Count);
    }

    [Fact]
    public void A_longer_source_than_the_pool_is_gone_through_evenly()
    {
        var source = new WatchedSource(small.Scenes(), count: 12);
        HeadTrainer.Train(small.Clip, source, Options with { Steps = 12, ValidationSamples = 0 });

        // Three pools of 8 are two epochs of 12.
        Assert.Equal(12 * 4, source.Reads.Count);
        Assert.All(source.Reads.Values, reads => Assert.Equal(2, reads));
    }

    [Fact]
    public void The_head_tells_what_it_was_trained_on()
    {
        SceneTrainingSource source = small.Scenes();
        DcsmHead head = HeadTrainer.Train(small.Clip, source, Options);
        head.Save(_folder.Path);
        DcsmConfig config = DcsmHead.Load(_folder.Path).Config;

        Assert.Equal(small.Clip.Fingerprint, config.ClipFingerprint);
        Assert.Equal(3, config.Training["data"]!["unseenObjects"]!.AsArray().Count);
        Assert.Equal(7, config.Training["data"]!["seenObjects"]!.AsArray().Count);
        Assert.Equal(1, config.Training["data"]!["splitSeed"]!.GetValue<int>());
        Assert.Equal(0.1, config.Training["options"]!["dropout"]!.GetValue<double>());
        Assert.Equal(
            ["color", "size", "spatial", "negation"],
            config.Metrics["validation"]!["unseen_pairs"]!.AsObject().Select(p => p.Key)
        );
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            HeadTrainer.Train(
                small.Clip,
                small.Scenes(),
                Options with
                {
                    LearningRate = 1e30,
                    WarmUpSteps = 0,
                    GradientNorm = 0,
                },
                _folder.Path
            )
        );
        Assert.Contains("lower the learning rate", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["checkpoint.safetensors"]));
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_and_the_difference_named()
    {
        HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 2 }, _folder.Path);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 2, Hidden = 8 }, _folder.Path)
        );
        Assert.Contains("hidden was 16 and is 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_limit_ends_the_run()
    {
        DcsmHead head = HeadTrainer.Train(
            small.Clip,
            small.Scenes(),
            Options with
            {
                Steps = 1_000_000,
                TimeLimit = TimeSpan.FromSeconds(0.5),
            },
            _folder.Path
        );
        Assert.InRange(head.Config.Metrics["step"]!.GetValue<int>(), 1, 999_999);
        Assert.Equal(2, head.Config.Metrics["validation"]!.AsObject().Count);
        Assert.True(File.Exists(_folder["checkpoint.safetensors"]));
    }

    [Fact]
    public void Scenes_of_a_folder_are_trained_on()
    {
        var split = SceneSplit.Create([.. SmallRun.Library.Objects.Select(o => o.Name)], 1, 0.3, 0.2);
        string scenes = _folder["scenes"];
        SceneDatasetWriter.Write(
            scenes,
            SmallRun.Library,
            split,
            new SceneDatasetOptions
            {
                SamplesPerKind = 3,
                Kinds = [SceneKind.Spatial, SceneKind.Color],
                ImageSize = small.Clip.ImageSize + 7,
            }
        );
        var source = SceneFolderTrainingSource.Open(scenes);

        Assert.Equal(["color", "spatial"], source.Streams);
        Assert.Equal(3, source.Count(0));
        Assert.Equal(["unseen_objects", "unseen_pairs"], source.Validation.Keys.Order(StringComparer.Ordinal));
        DcsmHead head = HeadTrainer.Train(small.Clip, source, Options with { Steps = 2 });
        Assert.Equal(3, head.Config.Training["data"]!["samples"]!["color"]!.GetValue<int>());
    }

    [Fact]
    public void Samples_with_unequal_captions_are_refused()
    {
        var source = new WatchedSource(small.Scenes()) { Change = sample => sample with { NegativeCaptions = ["a cat"] } };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => HeadTrainer.Train(small.Clip, source, Options));
        Assert.Contains("4 captions and 1 opposite captions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        HeadTrainingOptions[] wrong =
        [
            Options with
            {
                Steps = 0,
            },
            Options with
            {
                LearningRate = double.NaN,
            },
            Options with
            {
                Dropout = 1,
            },
            Options with
            {
                Loss = HeadLoss.Official,
                OfficialGroup = 3,
            },
            Options with
            {
                TextTokens = 21,
            },
            Options with
            {
                TimeLimit = TimeSpan.Zero,
            },
        ];
        Assert.All(wrong, options => Assert.ThrowsAny<ArgumentException>(() => HeadTrainer.Train(small.Clip, small.Scenes(), options)));
    }

    private static void Same(DcsmHead expected, DcsmHead found)
    {
        Assert.Equal(expected.Weights.Conv1Weight.ToArray(), found.Weights.Conv1Weight.ToArray());
        Assert.Equal(expected.Weights.Conv2Bias.ToArray(), found.Weights.Conv2Bias.ToArray());
        Assert.Equal(expected.Weights.Fc1Weight.ToArray(), found.Weights.Fc1Weight.ToArray());
        Assert.Equal(expected.Weights.Fc2Bias.ToArray(), found.Weights.Fc2Bias.ToArray());
    }

    private sealed class Watch(Action<HeadTrainingProgress> at) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => at(value);
    }
}
