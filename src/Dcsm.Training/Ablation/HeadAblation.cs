using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Ablation;

/// <summary>
/// Trains variants of a head on the same samples. CLIP is frozen, so each sample is encoded once for all variants and seeds; the
/// encodings are kept in memory (52 KB a sample of the small CLIP).
/// </summary>
public sealed class HeadAblation
{
    private readonly ClipModel _clip;
    private readonly IHeadTrainingSource _source;
    private readonly int _samples;
    private readonly HeadTrainingOptions _baseline;
    private readonly SampleEncodings _encodings;

    /// <summary>Prepares an ablation.</summary>
    /// <param name="clip">The frozen CLIP.</param>
    /// <param name="source">The samples; streams without end are cut to <paramref name="samples"/>.</param>
    /// <param name="samples">Training samples of each stream.</param>
    /// <param name="baseline">How the baseline is trained; its pool holds all samples, whatever it says.</param>
    public HeadAblation(ClipModel clip, IHeadTrainingSource source, int samples, HeadTrainingOptions baseline)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        (_clip, _source, _samples) = (clip, source, samples);
        _baseline = baseline with { PoolSamples = samples };
        _encodings = new SampleEncodings(HeadTrainer.TextTokens(clip, baseline));
    }

    /// <summary>Samples encoded so far.</summary>
    public int Encoded => _encodings.Count;

    /// <summary>Trains a variant, or goes on with it, or takes the finished head.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="seed">Seed of weights, rows and order.</param>
    /// <param name="directory">Where its checkpoint and its head are.</param>
    /// <param name="progress">As in <see cref="HeadTrainer.Train"/>.</param>
    /// <param name="cancellationToken">Stops the run; a checkpoint is written first.</param>
    /// <exception cref="InvalidDataException">The folder holds a run with other settings.</exception>
    public DcsmHead Train(
        HeadVariant variant,
        ulong seed,
        string directory,
        IProgress<HeadTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(variant);
        var source = new SubsetTrainingSource(_source, Math.Min(_samples, variant.Samples ?? _samples), variant.Without);
        DcsmHead head = HeadTrainer.TrainShared(
            _clip,
            source,
            variant.Change(_baseline) with
            {
                Seed = seed,
            },
            directory,
            _encodings,
            progress,
            cancellationToken
        );
        head.Save(directory);
        return head;
    }
}
