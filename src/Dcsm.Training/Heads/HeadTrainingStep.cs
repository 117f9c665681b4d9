using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads.Kernels;
using Dcsm.Training.Heads.Statements;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads;

/// <summary>What a step of training computes: maps, scores, loss, gradients, update.</summary>
/// <param name="weights">Shares of the streams in the loss, of mean 1; null for equal ones.</param>
internal sealed class HeadTrainingStep(
    DcsmConfig config,
    HeadTrainingOptions options,
    int streams,
    TorchHead head,
    AdamW adam,
    float[]? weights = null
) : IDisposable
{
    private readonly Tensor _functionalRows = tensor(head.FunctionalRows, [config.Words.Words.Count, config.ImageTokens]);
    private readonly Tensor? _weights = weights is null ? null : tensor(weights, [streams, 1]);

    // On other devices, and where something is dropped, libtorch computes.
    private readonly HeadForwardBackward? _kernel = options.WithLibtorch || !head.IsOnCpu ? null : HeadForwardBackward.Create(config, head);

    /// <summary>One step of Adam on the sum over the paraphrases.</summary>
    /// <returns>The loss, and the share of pictures whose own caption scored higher than the negative one.</returns>
    /// <exception cref="InvalidDataException">The loss is not finite; the weights are as before.</exception>
    public (double Loss, double Accuracy) Run(IEnumerable<HeadBatch> paraphrases, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = Dropping();
        var dropout = new HeadDropout(options.Dropout, options.ScoreDropout, generator);
        double loss = 0,
            accuracy = 0;
        int count = 0;
        adam.ZeroGradients();
        foreach (HeadBatch batch in paraphrases)
        {
            (Tensor total, Tensor blocks) = Loss(batch, dropout);
            total.backward();
            _kernel?.Backward();
            loss += total.item<float>();
            accuracy += Accuracy(batch, blocks);
            count++;
        }
        Advance(loss, learningRate);
        return (loss, accuracy / count);
    }

    /// <summary>One step of Adam on pairs whose truth is known.</summary>
    /// <returns>The loss, and the share of true and false captions of a picture that are ranked right.</returns>
    /// <exception cref="InvalidDataException">The loss is not finite; the weights are as before.</exception>
    public (double Loss, double Accuracy) Run(HeadPairBatch batch, StatementLoss statements, double learningRate)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = Dropping();
        adam.ZeroGradients();
        Tensor scores = Scores(batch, new HeadDropout(options.Dropout, options.ScoreDropout, generator));
        float[] values = [.. scores.cpu().data<float>()];
        float[] gradient = new float[values.Length];
        (double loss, double accuracy) = statements.Of(batch, values, gradient);
        scores.backward([tensor(gradient)]);
        _kernel?.Backward();
        Advance(loss, learningRate);
        return (loss, accuracy);
    }

    /// <summary>What decides which units a step drops: the seed and the step alone.</summary>
    private Generator Dropping() => new(options.Seed + (0x9E3779B97F4A7C15UL * (ulong)(adam.Step + 1)), get_default_device());

    /// <summary>Moves the weights by the gradients that there are, unless the loss is no number.</summary>
    private void Advance(double loss, double learningRate)
    {
        if (!double.IsFinite(loss))
            throw new InvalidDataException($"step {adam.Step + 1}: the loss is {loss}; lower the learning rate ({options.LearningRate})");
        adam.Advance(learningRate, options.GradientNorm > 0 ? options.GradientNorm : double.PositiveInfinity);
    }

    /// <summary>Scores of pairs. [pairs]</summary>
    /// <param name="batch">The embeddings, and the pairs.</param>
    /// <param name="dropout">What a step of training drops; null outside of training.</param>
    public Tensor Scores(HeadPairBatch batch, HeadDropout? dropout = null) =>
        _kernel is not null && dropout is not { Drops: true }
            ? _kernel.Score(batch, forGradients: dropout is not null)
            : head.Score(batch.Maps(_functionalRows, config), dropout);

    /// <summary>The loss, a mean over the streams, and the 2 × 2 scores that it rests on.</summary>
    private (Tensor Loss, Tensor Blocks) Loss(HeadBatch batch, HeadDropout dropout)
    {
        double official = options.Loss switch
        {
            HeadLoss.Block => 0,
            HeadLoss.Official => 1,
            _ => options.OfficialWeight,
        };
        Tensor? loss = null,
            blocks = null;
        if (official < 1)
        {
            blocks = Scores(batch, parts: streams, dropout);
            loss = Mean(blocks, batch).Times(1 - official);
        }
        if (official > 0)
        {
            int group = options.OfficialGroup,
                samples = options.OfficialSamples;
            HeadBatch joined = batch.Take(streams, samples).Join(group);
            Tensor matrices = Scores(joined, parts: streams * samples / group, dropout);
            Tensor term = Mean(matrices, joined).Times(official);
            loss = loss is null ? term : loss.Plus(term);
            blocks ??= HeadLosses.Blocks(matrices);
        }
        return (loss!, blocks!);
    }

    private Tensor Mean(Tensor scores, HeadBatch batch)
    {
        if (batch.Present is null && _weights is null)
            return HeadLosses.Contrastive(scores);
        Tensor groups = HeadLosses.ContrastiveOfGroups(scores, batch.Present);
        return (_weights is null ? groups : groups.view(streams, -1) * _weights).mean();
    }

    private double Accuracy(HeadBatch batch, Tensor blocks)
    {
        Tensor right = HeadLosses.Right(blocks);
        if (batch.Present is null)
            return right.mean().item<float>();
        Tensor present = batch.Take(streams, (int)(blocks.shape[0] / streams)).Present!;
        return ((right * present).sum() / present.sum()).item<float>();
    }

    /// <summary>Scores of every image with every caption of its group, [groups, images, captions].</summary>
    /// <param name="batch">The embeddings.</param>
    /// <param name="parts">
    /// Parts of the batch, of equal length, that are standardized each as a whole where maps are not standardized each by itself.
    /// </param>
    /// <param name="dropout">What a step of training drops; null outside of training.</param>
    public Tensor Scores(HeadBatch batch, int parts, HeadDropout? dropout = null)
    {
        int? together = config.Standardization == MapStandardization.WholeBatch ? parts : null;
        if (_kernel is not null && dropout is not { Drops: true })
            return _kernel.Score(batch, together, forGradients: dropout is not null);
        Tensor maps = batch.Maps(_functionalRows, together, config.FixedStatistics);
        return head.Score(maps.flatten(0, 2), dropout).view(maps.shape[0], maps.shape[1], maps.shape[2]);
    }

    public void Dispose()
    {
        _functionalRows.Dispose();
        _weights?.Dispose();
    }
}
