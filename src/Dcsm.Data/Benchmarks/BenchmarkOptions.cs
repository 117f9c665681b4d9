namespace Dcsm.Data.Benchmarks;

/// <summary>Where a benchmark lies and how strictly it is read.</summary>
/// <param name="Root">
/// The folder that its published files were unpacked into, or the annotation file itself (always for "csv" and "jsonl"); never written to.
/// </param>
public sealed record BenchmarkOptions(string Root)
{
    /// <summary>Where the pictures are, if not under <see cref="Root"/>.</summary>
    public string? Images { get; init; }

    /// <summary>Leaves items out whose picture is missing, and lists them, instead of failing.</summary>
    public bool SkipMissing { get; init; }

    /// <summary>Width and height of a picture file that Skia does not know; null where nobody does. Null to ask Skia alone.</summary>
    public Func<string, (int Width, int Height)?>? Measure { get; init; }

    /// <summary>
    /// Options of COCO-order and Flickr30k-order, ready-made: a JSON list of lists of five captions, the right one first, one list for each
    /// caption of the annotation in turn.
    /// </summary>
    public string? OrderOptions { get; init; }
}
