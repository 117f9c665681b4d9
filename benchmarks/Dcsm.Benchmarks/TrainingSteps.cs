using Dcsm.Benchmarks.Peers;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks;

/// <summary>A step of a head's training on random embeddings of unit length: with the project's kernels, with its operations of libtorch, and as PyTorch programs do it.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private const int Batches = 4;
    private readonly TrainingWork _work;
    private readonly HeadTrainingOptions _options;
    private readonly int _streams;
    private readonly HeadBatch[][] _batches;
    private readonly (Tensor Images, Tensor Texts, IReadOnlyList<string> Captions)[][] _peerBatches;
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
        _work = work;
        bool official = work == TrainingWork.Official;
        _streams = official ? 3 : 4;
        _options = official ? HeadTrainingOptions.Official : new HeadTrainingOptions { GradientNorm = 0 };
        Config = new DcsmConfig
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = official ? 197 : 65,
            TextTokens = official ? 30 : 20,
            Dimension = official ? 512 : 128,
            Words = FunctionalWordList.Official,
            Standardization = _options.Standardization,
        };
        var start = DcsmHeadWeights.Create(Config, 1);
        int samples = _streams * _options.SamplesPerStream,
            paraphrases = official ? 2 : 1;
        using (var random = new Generator(5))
        {
            _batches =
            [
                .. Enumerable.Range(0, Batches).Select(_ => Enumerable.Range(0, paraphrases).Select(_ => Batch(samples, random)).ToArray()),
            ];
        }
        _peerBatches = official ? [.. _batches.Select(PeerBatch)] : [];
        (_head, _kernel) = Create(_options, start);
        (_torchHead, _torch) = Create(_options with { WithLibtorch = true }, start);
        _peer = new OfficialHead(new DcsmHead(Config, start), _options.LearningRate);
        _functionalRows = tensor(start.FunctionalRows, [Config.Words.Words.Count, Config.ImageTokens]);
    }

    public DcsmConfig Config { get; }

    /// <summary>Maps that a step scores.</summary>
    public int Maps => _work == TrainingWork.Official ? 3 * 2 * 16 * 16 : 4 * _options.SamplesPerStream * 4;

    /// <summary>The project's kernels.</summary>
    public double Kernel() => _kernel.Run(_batches[_kernelSteps++ % Batches], _options.LearningRate).Loss;

    /// <summary>The project's operations of libtorch.</summary>
    public double Torch() => _torch.Run(_batches[_torchSteps++ % Batches], _options.LearningRate).Loss;

    /// <summary>conv2d, autograd and Adam of libtorch; for the official batch the whole official algorithm.</summary>
    public double Peer()
    {
        int batch = _peerSteps++ % Batches;
        if (_work == TrainingWork.Official)
            return _peer.Train(_peerBatches[batch], _streams);
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
        foreach (HeadBatch paraphrase in _batches.SelectMany(batch => batch))
        {
            paraphrase.Images.Dispose();
            paraphrase.Texts.Dispose();
            paraphrase.Rows.Dispose();
        }
        foreach ((Tensor images, Tensor texts, _) in _peerBatches.SelectMany(batch => batch))
        {
            images.Dispose();
            texts.Dispose();
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

    /// <summary>Data set by data set, paraphrase by paraphrase: samples, then their opposites; captions have a word a column.</summary>
    private (Tensor Images, Tensor Texts, IReadOnlyList<string> Captions)[] PeerBatch(HeadBatch[] paraphrases)
    {
        int samples = _options.SamplesPerStream;
        Tensor Set(Tensor all, int set) => all.narrow(0, (long)set * samples, samples).transpose(0, 1).flatten(0, 1).contiguous();
        string Caption(Tensor rows) => string.Join(' ', rows.data<long>().Select(row => row < 0 ? "." : Config.Words.Words[(int)row]));
        return
        [
            .. from set in Enumerable.Range(0, _streams)
            from paraphrase in paraphrases
            let rows = Set(paraphrase.Rows, set)
            select (
                Set(paraphrase.Images, set),
                Set(paraphrase.Texts, set),
                (IReadOnlyList<string>)[.. Enumerable.Range(0, 2 * samples).Select(caption => Caption(rows[caption]))]
            ),
        ];
    }
}
