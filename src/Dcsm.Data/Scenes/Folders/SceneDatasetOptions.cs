using Dcsm.Data.Pictures;
using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>What a stored data set of scenes holds.</summary>
public sealed record SceneDatasetOptions
{
    /// <summary>The kinds to write.</summary>
    public IReadOnlyList<SceneKind> Kinds
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<SceneKind>([SceneKind.Color, SceneKind.Size, SceneKind.Spatial, SceneKind.Negation]);

    /// <summary>The parts of the split to write.</summary>
    public IReadOnlyList<SplitPart> Parts
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<SplitPart>([SplitPart.Train, SplitPart.UnseenPairs, SplitPart.UnseenObjects]);

    /// <summary>How many samples of each kind in each part; a sample is two pictures.</summary>
    public int SamplesPerKind { get; init; } = 500;

    /// <summary>The seed of the stream that samples are drawn from.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The first sample's number in that stream.</summary>
    public long FirstIndex { get; init; }

    /// <summary>Side of the pictures in pixels.</summary>
    public int ImageSize { get; init; } = 224;

    /// <summary>How pictures are stored.</summary>
    public PictureFormat Format { get; init; } = PictureFormat.Png;

    /// <summary>1 … 100; used for JPEG alone.</summary>
    public int JpegQuality { get; init; } = 92;

    /// <summary>How many threads draw; 0 for one per core. Does not change what is written.</summary>
    public int Threads { get; init; }
}
