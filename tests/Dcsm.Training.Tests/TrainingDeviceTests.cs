using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Training.Adaptation;
using Dcsm.Training.Adaptation.LowRank;
using Dcsm.Training.Heads;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Samples;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

/// <summary>libtorch has one default device a process, so these run alone.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TrainingDeviceTests
{
    private const string Name = "device";

    [Fact]
    public void Without_a_GPU_auto_is_the_processor()
    {
        using var scope = TrainingDeviceScope.Use(TrainingDevice.Auto);
        Assert.Equal(cuda_is_available() ? "cuda" : "cpu", TrainingDeviceScope.Current);
    }

    [Fact]
    public void Asking_for_CUDA_where_there_is_none_says_what_to_do()
    {
        TorchNative.EnsureLoaded();
        if (cuda_is_available())
        {
            using var scope = TrainingDeviceScope.Use(TrainingDevice.Cuda);
            Assert.Equal("cuda", TrainingDeviceScope.Current);
            return;
        }
        ArgumentException error = Assert.Throws<ArgumentException>(() => TrainingDeviceScope.Use(TrainingDevice.Cuda));
        Assert.Contains("-p:DcsmTorch=cuda", error.Message, StringComparison.Ordinal);
        Assert.Equal("cpu", TrainingDeviceScope.Current);
    }

    /// <summary>
    /// The device "meta" has shapes without numbers. It stands in for a GPU as far as it can: what is made lies where it should.
    /// </summary>
    [Fact]
    public void Everything_of_a_head_is_on_the_default_device() =>
        OnMeta(() =>
        {
            var config = new DcsmConfig
            {
                ClipFingerprint = "sha256:0",
                ImageTokens = 5,
                TextTokens = 6,
                Dimension = 8,
                Hidden = 7,
                Words = FunctionalWordList.Official,
            };
            using var head = new TorchHead(config, DcsmHeadWeights.Create(config, 1));
            var adam = new AdamW(head.Parameters, 0);
            using var samples = new EncodedSamples(4, 2, config);
            Tensor[] all =
            [
                .. head.Parameters.Values,
                .. adam.First.Values,
                .. adam.Second.Values,
                samples.Images,
                samples.Texts,
                samples.Rows,
                samples.Present,
            ];
            Assert.All(all, tensor => Assert.Equal(DeviceType.META, tensor.device_type));
        });

    [Fact]
    public void Everything_of_a_CLIP_is_on_the_default_device() =>
        OnMeta(() =>
        {
            var clip = new TorchClip(SmallRun.Options, vocabularySize: 50);
            TrainedParameters updates = new LowRankMethod().Choose(clip, new AdaptationOptions { Rank = 2 }, generator: null);
            Assert.All(
                clip.Parameters.Values.Concat(updates.Parameters.Values),
                parameter => Assert.Equal(DeviceType.META, parameter.device_type)
            );
            Assert.Equal(
                DeviceType.META,
                ClipTuningMethod
                    .Patches(new float[2 * 3 * 48 * 48], new Clip.Models.ClipVisionConfig { ImageSize = 48, PatchSize = 12 })
                    .device_type
            );
        });

    private static void OnMeta(Action test)
    {
        TorchNative.EnsureLoaded();
        Device before = get_default_device();
        set_default_device(device(DeviceType.META));
        try
        {
            using DisposeScope scope = NewDisposeScope();
            test();
        }
        finally
        {
            set_default_device(before);
        }
    }
}
