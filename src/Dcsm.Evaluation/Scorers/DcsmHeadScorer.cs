using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Evaluation.Scorers;

/// <summary>A DCSM head on its CLIP.</summary>
public sealed class DcsmHeadScorer : IScorer
{
    /// <param name="clip">The CLIP that the head was trained on; not owned.</param>
    /// <param name="head">The head.</param>
    /// <param name="name">What it is called in tables.</param>
    /// <param name="threads">Threads that compute maps and heads; 0 for all cores.</param>
    /// <exception cref="InvalidDataException">The head was trained on another CLIP.</exception>
    public DcsmHeadScorer(ClipModel clip, DcsmHead head, string name = "DCSM", int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentException.ThrowIfNullOrEmpty(name);
        // Which says so where they do not belong together.
        Head = new DcsmScorer(clip, head).Head;
        Threads = threads;
        Name = name;
        Encoder = new ClipEncoder(clip);
        Clip = clip;
    }

    /// <summary>The head.</summary>
    public DcsmHead Head { get; }

    /// <summary>The CLIP that it reads.</summary>
    public ClipModel Clip { get; }

    /// <summary>Threads that compute maps and heads; 0 for all cores.</summary>
    public int Threads { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IEncoder Encoder { get; }

    /// <inheritdoc/>
    public int TextTokens => Head.Config.TextTokens;

    /// <inheritdoc/>
    public ScoreCalibration? Calibration => Head.Config.Calibration;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Description
    {
        get
        {
            Dictionary<string, string> description = new()
            {
                ["method"] = "DCSM head",
                ["clipFingerprint"] = Head.Config.ClipFingerprint,
                ["headFingerprint"] = HeadFingerprint.Of(Head),
                ["textTokens"] = Head.Config.TextTokens.ToString(CultureInfo.InvariantCulture),
                ["placement"] = Head.Config.Placement.ToString(),
                ["standardization"] = Head.Config.Standardization.ToString(),
                ["functionalWords"] = Head.Config.Words.Words.Count.ToString(CultureInfo.InvariantCulture),
            };
            if (Head.Config.CaptionForm != CaptionForm.AsWritten)
                description["captionForm"] = Head.Config.CaptionForm.ToString();
            if (Clip.Precision != ClipPrecision.Float32)
                description["clipPrecision"] = Clip.Precision.ToString();
            if (Head.Directory is { } directory)
                description["headDirectory"] = directory;
            return description;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Read(IReadOnlyList<string> captions) => Head.Config.Read(captions);

    /// <inheritdoc/>
    public float[,] Score(ImageEncoding images, TextEncoding captions) => Head.Score(images, captions, Threads);

    /// <inheritdoc/>
    public IReadOnlyList<float[,]> ScoreBlocks(ImageEncoding images, TextEncoding captions, IReadOnlyList<ScoreBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        // Standardized over a whole batch, a score depends on what else is in it: there, a batch is an item.
        if (Head.Config.Standardization == MapStandardization.WholeBatch)
        {
            return
            [
                .. blocks.Select(b =>
                    Score(Encodings.Slice(images, b.FirstImage, b.Images), Encodings.Slice(captions, b.FirstCaption, b.Captions))
                ),
            ];
        }

        return ScoreBlock.Score(blocks, pairs => Head.ScorePairs(images, captions, pairs, Threads));
    }
}
