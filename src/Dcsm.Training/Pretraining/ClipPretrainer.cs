using System.Diagnostics;
using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Data.Scenes;
using Dcsm.Training.Torch;
using TorchSharp;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// Pre-trains a small CLIP on generated scenes, or on pictures with captions: symmetric cross-entropy of pooled embeddings with a learnable
/// temperature (openai/CLIP), or SigLIP's sigmoid of each pair, plus a dense term that asks each content word to point at patches
/// (late interaction as in FILIP, with a soft maximum). Resumes from its checkpoint.
/// </summary>
public sealed class ClipPretrainer
{
    private const double MaximumLogitScale = 4.605170185988092; // ln 100
    private readonly ClipPretrainingOptions _options;
    private readonly ClipPretrainingSource _source;
    private readonly TorchClip _clip;
    private readonly AdamW _adam;
    private readonly string _directory;

    private const int LoggedSteps = 1000; // in a run; evaluations come to them

    /// <summary>Opens a run on scenes: from its checkpoint if the directory holds one, else from fresh weights.</summary>
    /// <param name="library">The objects that the CLIP is to know.</param>
    /// <param name="wordCounts">Words that the vocabulary is to hold whole, with their weight.</param>
    /// <param name="directory">Where checkpoint and result go.</param>
    /// <param name="options">What to train.</param>
    public ClipPretrainer(
        ObjectLibrary library,
        IReadOnlyDictionary<string, int> wordCounts,
        string directory,
        ClipPretrainingOptions options
    )
        : this(new ClipPretrainingBatches(options, library, BpeTrainer.Train(wordCounts, maxMerges: 4000)), directory, options) { }

    /// <summary>Opens a run on pictures with captions: from its checkpoint if the directory holds one, else from fresh weights.</summary>
    /// <param name="pictures">The pictures; those that are held out are asked for their captions along the way.</param>
    /// <param name="decoding">How they are decoded.</param>
    /// <param name="directory">Where checkpoint and result go.</param>
    /// <param name="options">What to train.</param>
    /// <exception cref="InvalidDataException">
    /// There are fewer pictures than a batch has, or the checkpoint is of another run.
    /// </exception>
    public ClipPretrainer(CaptionedPictures pictures, PictureOptions decoding, string directory, ClipPretrainingOptions options)
        : this(new ClipCaptionBatches(options, pictures, decoding), directory, options) { }

    private ClipPretrainer(ClipPretrainingSource source, string directory, ClipPretrainingOptions options)
    {
        TorchNative.EnsureLoaded();
        (_source, _options, _directory) = (source, options, directory);
        using var generator = new Generator(options.Seed, get_default_device());
        _clip = new TorchClip(options, source.Vocabulary.Vocabulary.Count, generator);
        Muon? muon =
            options.MatrixLearningRate > 0
                ? new Muon(
                    _clip.Parameters.Where(p => p.Key.Contains(".layers.", StringComparison.Ordinal) && p.Value.dim() == 2),
                    options.MatrixLearningRate / options.LearningRate
                )
                : null;
        _adam = new AdamW(_clip.Parameters, options.WeightDecay, muon: muon);
        ClipPretrainingCheckpoint.TryRestore(directory, _adam, options, source.Description);
    }

    internal TorchClip Clip => _clip;

    internal ClipPretrainingSource Source => _source;

    /// <summary>Steps done so far.</summary>
    public int Step => _adam.Step;

    /// <summary>What a person should know of the data, a line each.</summary>
    public IReadOnlyList<string> Remarks => _source.Remarks;

    /// <summary>Trains to the last step and writes the Hugging Face directory.</summary>
    /// <exception cref="OperationCanceledException">Canceled; the checkpoint is saved.</exception>
    /// <exception cref="InvalidDataException">The loss is not finite any more.</exception>
    public async Task TrainAsync(IProgress<ClipPretrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_directory);
        int first = Step,
            logged = Math.Max(1, _options.Steps / LoggedSteps);
        using var log = new TrainingLog(
            _directory,
            first,
            new JsonObject { ["options"] = ClipPretrainingCheckpoint.Describe(_options), ["data"] = _source.Description }
        );
        var clock = Stopwatch.StartNew();
        TimeSpan saved = clock.Elapsed;
        try
        {
            await foreach (ClipPretrainingBatch batch in _source.From(first, cancellationToken).ConfigureAwait(false))
            {
                (double loss, double dense) = TrainStep(batch);
                if (!double.IsFinite(loss + dense))
                    throw new InvalidDataException($"step {Step}: the loss is {loss} + {dense}; lower the learning rate");
                bool evaluate = Step % _options.EvaluateEvery == 0 || Step == _options.Steps;
                var report = new ClipPretrainingProgress(
                    Step,
                    _options.Steps,
                    loss,
                    dense,
                    (Step - first) / clock.Elapsed.TotalSeconds,
                    Evaluation: null
                )
                {
                    LogitScale = Math.Exp(_clip.LogitScale.item<float>()),
                    LearningRate = LearningRate(Step - 1),
                };
                if (evaluate)
                    report = _source.Evaluate(_clip, report);
                if (evaluate || Step % logged == 0)
                    log.Write(report.ToJson(_options.BatchSize));
                progress?.Report(report);
                if (clock.Elapsed - saved > _options.CheckpointEvery)
                {
                    Save();
                    saved = clock.Elapsed;
                }

                // Batches made ahead would be trained on otherwise.
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Save();
        }
        WriteModel(_directory);
    }

    /// <summary>Writes the CLIP as it stands as a Hugging Face directory.</summary>
    public void WriteModel(string directory) => ClipDirectoryWriter.Write(directory, _options, _source.Vocabulary, _source.Words, _clip);

    private void Save() => ClipPretrainingCheckpoint.Save(_directory, _adam, _options, _source.Description);

    private (double Loss, double Dense) TrainStep(ClipPretrainingBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        _adam.ZeroGradients();
        int count = _options.BatchSize,
            dense = _options.DenseBatchSize;
        Tensor images = _clip.EncodeImages(_source.PatchTensor(batch.Patches));
        Tensor texts = _clip.EncodeTexts(tensor(batch.Sparse, [count, batch.SparseLength]));
        Tensor pooledTexts = texts.flatten(0, 1).index_select(0, tensor(batch.SparseEnds));
        Tensor logits = images.select(1, 0).matmul(pooledTexts.t()) * _clip.LogitScale.exp();
        Tensor loss = _clip.LogitBias is { } bias ? PairwiseSigmoid(logits.Plus(bias)) : SymmetricCrossEntropy(logits);
        Tensor total = loss;
        Tensor? denseLoss = null;
        if (dense > 0)
        {
            Tensor words = _clip.EncodeTexts(tensor(batch.Full, [dense, batch.FullLength]));
            Tensor patches = images.narrow(0, 0, dense).narrow(1, 1, images.shape[1] - 1);
            denseLoss = SymmetricCrossEntropy(DenseScores(patches, words, tensor(batch.FullWeights)).Times(_options.DenseScale));
            total = total.Plus(denseLoss.Times(_options.DenseWeight));
        }
        total.backward();
        _adam.Advance(LearningRate(Step), _options.GradientNorm);
        using (no_grad())
            _clip.LogitScale.clamp_(Number(0), Number(MaximumLogitScale));
        return (loss.item<float>(), denseLoss?.item<float>() ?? 0);
    }

    /// <summary>
    /// Score of picture and caption: for each content word the log-mean-exp of its cosines over the patches,
    /// averaged over the caption's content words.
    /// </summary>
    /// <param name="patches">[images, patches, D].</param>
    /// <param name="words">[texts, tokens, D].</param>
    /// <param name="weights">[texts · tokens], summing to 1 a text.</param>
    /// <returns>[images, texts].</returns>
    private Tensor DenseScores(Tensor patches, Tensor words, Tensor weights)
    {
        // Only content words take part: gathering them first makes the cosines a third of what they would be.
        Tensor chosen = weights.nonzero().squeeze(1);
        Tensor content = words.flatten(0, 1).index_select(0, chosen); // [content, D]
        Tensor cosines = content
            .matmul(patches.flatten(0, 1).t()) // [content, images · patches]
            .unflatten(1, [patches.shape[0], patches.shape[1]]);
        double sharpness = _options.DenseSharpness;
        // Cosines are at most 1, so exp needs no maximum taken out first.
        Tensor best = cosines.Times(sharpness).exp().mean([2]).log().Over(sharpness); // [content, images]
        Tensor share = zeros(words.shape[0] * words.shape[1], words.shape[0]);
        Tensor text = arange(Number(words.shape[0])).repeat_interleave(words.shape[1]).unsqueeze(1);
        share.scatter_(1, text, weights.unsqueeze(1));
        return best.t().matmul(share.index_select(0, chosen));
    }

    private static Tensor SymmetricCrossEntropy(Tensor logits)
    {
        Tensor labels = arange(Number(logits.shape[0]), ScalarType.Int64);
        return F.cross_entropy(logits, labels).Plus(F.cross_entropy(logits.t(), labels)).Over(2);
    }

    /// <summary>SigLIP's (big_vision, <c>siglip.py</c>): of each pair by itself whether it is one; the sum, for each picture.</summary>
    /// <param name="logits">[pictures, captions], pairs on the diagonal.</param>
    internal static Tensor PairwiseSigmoid(Tensor logits)
    {
        Tensor signs = eye(logits.shape[0]).Times(2).Plus(-1);
        return F.logsigmoid(logits.mul(signs)).sum().Over(-logits.shape[0]);
    }

    /// <summary>Linear warm-up, then linear to 0.</summary>
    private double LearningRate(int step)
    {
        double warm = Math.Min(1, (step + 1.0) / _options.WarmUpSteps);
        double left = (double)(_options.Steps - step) / Math.Max(1, _options.Steps - _options.WarmUpSteps);
        return _options.LearningRate * Math.Min(warm, left);
    }
}
