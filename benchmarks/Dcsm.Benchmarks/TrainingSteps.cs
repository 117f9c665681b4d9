using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Benchmarks.Works;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks;

/// <summary>
/// A step of a head's training on made-up embeddings of unit length: with the project's kernels, with its operations of libtorch,
/// and as PyTorch programs do it.
/// </summary>
internal sealed class TrainingSteps : IDisposable
{
    private const int Batches = 4;
    private readonly HeadTrainingOptions _options;
    private readonly int _streams;
    private readonly OfficialBatch[] _officialBatches = [];
    private readonly IReadOnlyList<HeadBatch>[] _batches;
    private readonly TorchHead _head,
        _torchHead;
    private readonly HeadTrainingStep _kernel,
        _torch;
    private readonly OfficialHead _peer;
    private readonly Tensor _functionalRows;
    private int _kernelSteps,
        _torchSteps,
        _peerSteps;

    public TrainingSteps(TrainingWork work)
    {
        DcsmHeadWeights start;
        if (work == TrainingWork.Official)
        {
            DcsmHead head = Inputs.Head(MapStandardization.WholeBatch);
            (Config, start) = (head.Config, head.Weights);
            (_streams, _options) = (OfficialBatch.Sets, HeadTrainingOptions.Official);
            _officialBatches = [.. Enumerable.Range(0, Batches).Select(number => new OfficialBatch(Config, number))];
            _batches = [.. _officialBatches.Select(batch => batch.Own)];
            Maps = OfficialBatch.Sets * OfficialBatch.Versions * 4 * OfficialBatch.Samples * OfficialBatch.Samples;
        }
        else
        {
            (_streams, _options) = (4, new HeadTrainingOptions { GradientNorm = 0 });
            Config = new DcsmConfig
            {
                ClipFingerprint = "sha256:0",
                ImageTokens = 65,
                TextTokens = 20,
                Dimension = 128,
                Words = FunctionalWordList.Official,
                Standardization = _options.Standardization,
            };
            start = DcsmHeadWeights.Create(Config, 1);
            using var random = new Generator(5);
            _batches = [.. Enumerable.Range(0, Batches).Select(_ => new[] { Batch(_streams * _options.SamplesPerStream, random) })];
            Maps = _streams * _options.SamplesPerStream * 4;
        }
        (_head, _kernel) = Create(_options, start);
        (_torchHead, _torch) = Create(_options with { WithLibtorch = true }, start);
        _peer = new OfficialHead(new DcsmHead(Config, start), _options.LearningRate);
        _functionalRows = tensor(start.FunctionalRows.ToArray(), [Config.Words.Words.Count, Config.ImageTokens]);
    }

    public DcsmConfig Config { get; }

    /// <summary>Maps that a step scores.</summary>
    public int Maps { get; }

    /// <summary>The project's kernels.</summary>
    public double Kernel() => _kernel.Run(_batches[_kernelSteps++ % Batches], _options.LearningRate).Loss;

    /// <summary>The project's operations of libtorch.</summary>
    public double Torch() => _torch.Run(_batches[_torchSteps++ % Batches], _options.LearningRate).Loss;

    /// <summary>conv2d, autograd and Adam of libtorch; for the official batch the whole official algorithm.</summary>
    public double Peer()
    {
        int batch = _peerSteps++ % Batches;
        if (_officialBatches.Length > 0)
            return _peer.Train(_officialBatches[batch].Official, _streams);
        using DisposeScope scope = NewDisposeScope();
        return _peer.Train(_batches[batch][0].Maps(_functionalRows, standardizedTogether: null), HeadLosses.Contrastive);
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _torch.Dispose();
        _head.Dispose();
        _torchHead.Dispose();
        _peer.Dispose();
        _functionalRows.Dispose();
        foreach (OfficialBatch batch in _officialBatches)
            batch.Dispose();
        if (_officialBatches.Length > 0)
            return;
        foreach (HeadBatch batch in _batches.SelectMany(batch => batch))
        {
            batch.Images.Dispose();
            batch.Texts.Dispose();
            batch.Rows.Dispose();
        }
    }

    private (TorchHead, HeadTrainingStep) Create(HeadTrainingOptions options, DcsmHeadWeights start)
    {
        var head = new TorchHead(Config, start);
        var adam = new AdamW(head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8, withLibtorch: options.WithLibtorch);
        return (head, new HeadTrainingStep(Config, options, _streams, head, adam));
    }

    private HeadBatch Batch(int samples, Generator random)
    {
        Tensor Unit(int tokens) => nn.functional.normalize(randn([samples, 2, tokens, Config.Dimension], generator: random), dim: -1);
        long[] rows = Enumerable.Repeat(-1L, samples * 2 * Config.TextTokens).ToArray();
        for (int caption = 0; caption < samples * 2; caption++)
            rows[(caption * Config.TextTokens) + 5 + (caption % 3)] = caption % Config.Words.Words.Count;
        return new HeadBatch(Unit(Config.ImageTokens), Unit(Config.TextTokens), tensor(rows, [samples, 2, Config.TextTokens]));
    }
}
