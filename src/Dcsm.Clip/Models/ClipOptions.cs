using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Models;

/// <summary>How a CLIP is run.</summary>
public sealed record ClipOptions
{
    /// <summary>
    /// Text, transparency and orientation as the official DCSM code had them under transformers 4.26. The computation itself is the same.
    /// </summary>
    public static ClipOptions Official { get; } =
        new()
        {
            Tokenizer = TokenizerFlavor.Transformers4,
            Pictures = new PictureOptions { Transparency = Transparency.Dropped, Orientation = PictureOrientation.Ignored },
        };

    /// <summary>Threads used by one encoding; 0 takes every core.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Images or captions run through the network at once, at most: of large towers there are fewer, so that what passes from
    /// layer to layer stays in the processor's caches. Also the images decoded at a time.
    /// </summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// What the image tower is computed in. Captions are always encoded in float32, for each is encoded once. Int8 is for vision
    /// transformers; a ResNet is refused.
    /// </summary>
    public ClipPrecision Precision { get; init; }

    /// <summary>What the networks are computed on. An image tower in int8 is the processor's.</summary>
    public ClipDevice Device { get; init; }

    /// <summary>
    /// Whether threads wait for their next piece of work by spinning. A little faster on an idle machine, and
    /// impolite where other work shares the cores. Of no matter for an image tower in int8.
    /// </summary>
    public bool Spinning { get; init; }

    /// <summary>Whose cleaning of text is done.</summary>
    public TokenizerFlavor Tokenizer { get; init; }

    /// <summary>What becomes of the transparent parts of pictures: that of <see cref="Pictures"/>.</summary>
    public Transparency Transparency
    {
        get => Pictures.Transparency;
        init => Pictures = Pictures with { Transparency = value };
    }

    /// <summary>How pictures are decoded.</summary>
    public PictureOptions Pictures { get; init; } = new();

    /// <summary>
    /// Whether a BLIP reads captions as transformers feeds it: as long as the model has places (512), not cut at 35 tokens as in training
    /// (LAVIS), and its matching head from [CLS] on instead of [ENC]. Fingerprints are then others, for long captions' embeddings are.
    /// </summary>
    public bool BlipAsTransformers { get; init; }

    /// <summary>Told what had to be guessed, in a sentence for the person: a checkpoint's activation. Null to hear nothing.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>What to know of a checkpoint that does not tell all of its architecture; of no matter for a directory.</summary>
    public ClipCheckpointOptions? Checkpoint { get; init; }
}
