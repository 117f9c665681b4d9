namespace Dcsm.Clip.Preprocessing;

/// <summary>How picture files are decoded.</summary>
public sealed record PictureOptions
{
    /// <summary>The most pixels that <see cref="MaxPixels"/> may be: Pillow refuses more as a decompression bomb, too.</summary>
    public const long MostPixels = 178_956_970;

    /// <summary>What becomes of transparent parts.</summary>
    public Transparency Transparency { get; init; }

    /// <summary>Whether pictures are turned as their files say.</summary>
    public PictureOrientation Orientation { get; init; }

    /// <summary>Pictures of more pixels are refused before they are decoded. From 1 to <see cref="MostPixels"/>.</summary>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostPixels);
            field = value;
        }
    } = MostPixels;

    /// <summary>
    /// Whether a picture whose file ends early is taken as far as it goes, the rest being black, and <see cref="Warn"/> is told; else it is
    /// refused, as by Pillow.
    /// </summary>
    public bool AllowTruncated { get; init; }

    /// <summary>Told of pictures that end early, in a sentence for the person, maybe by several threads. Null to hear nothing.</summary>
    public Action<string>? Warn { get; init; }
}
