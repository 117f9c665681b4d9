using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>How a CLIP is asked to name single objects and their colors.</summary>
public sealed record ZeroShotOptions
{
    /// <summary>Pictures of each object.</summary>
    public int PicturesPerObject { get; init; } = 8;

    /// <summary>Seed of the pictures.</summary>
    public ulong Seed { get; init; } = 20_001;

    /// <summary>What the objects are drawn before.</summary>
    public ObjectBackgrounds Backgrounds { get; init; }

    /// <summary>Shortest longer side of the object, as a fraction of the picture's side (34 of 96 pixels).</summary>
    public float SmallestSize { get; init; } = 34f / 96;

    /// <summary>Longest longer side of the object, as a fraction of the picture's side (64 of 96 pixels).</summary>
    public float LargestSize { get; init; } = 64f / 96;

    /// <summary>The one prompt that names are asked with; <c>{name}</c> stands for the name.</summary>
    public string Prompt { get; init; } = "a picture of a {name}";

    /// <summary>The prompts of the ensemble.</summary>
    public IReadOnlyList<string> Ensemble
    {
        get;
        init => field = Contents.Of(value);
    } =
        Contents.Of<string>([
            "a picture of a {name}",
            "a photo of a {name}",
            "an image of a {name}",
            "a {name}",
            "there is a {name}",
            "{name}",
        ]);

    /// <summary>The prompt that colors are asked with; <c>{color}</c> and <c>{name}</c> stand for color and name.</summary>
    public string ColorPrompt { get; init; } = "a picture of a {color} {name}";

    /// <summary>Confidence of the intervals.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Pictures that are encoded at once; decides memory and speed, not results.</summary>
    public int BatchPictures { get; init; } = 128;
}
