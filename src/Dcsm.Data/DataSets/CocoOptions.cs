using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>What counts as unambiguous in COCO pictures. The defaults are guesses on the careful side, not fitted to anything.</summary>
public sealed record CocoOptions
{
    /// <summary>Smallest gap between two boxes along the axis of their relation, as a share of the picture's side along it.</summary>
    public double MinGap { get; init; } = 0.02;

    /// <summary>Largest part of the smaller box that the other one may cover; matters where <see cref="MinGap"/> is negative.</summary>
    public double MaxOverlap { get; init; }

    /// <summary>Largest distance of the boxes' centres across the axis, as a share of their distance along it.</summary>
    public double MaxSlant { get; init; } = 0.5;

    /// <summary>Smallest box of an object that captions name, as a share of the picture's area.</summary>
    public double MinArea { get; init; } = 0.01;

    /// <summary>Smallest part of a box inside of the central square, which is what CLIP sees of a picture.</summary>
    public double MinVisible { get; init; } = 0.7;

    /// <summary>
    /// Longest box of an object that captions name, in its widths (or heights): what is longer is mostly a sliver of something.
    /// </summary>
    public double MaxElongation { get; init; } = 4;

    /// <summary>
    /// What stands or lies on the ground or on furniture. Where such a thing is higher in a photograph, it is mostly farther away, not
    /// above: a cup in front of a table is not "below" it. So nothing is said to be below one of these.
    /// </summary>
    public IReadOnlyList<string> Standing
    {
        get;
        init => field = Contents.Of(value);
    } =
        Contents.Of<string>([
            "apple",
            "backpack",
            "banana",
            "baseball bat",
            "baseball glove",
            "bear",
            "bed",
            "bench",
            "bicycle",
            "bird",
            "boat",
            "book",
            "bottle",
            "bowl",
            "broccoli",
            "bus",
            "cake",
            "car",
            "carrot",
            "cat",
            "cell phone",
            "chair",
            "couch",
            "cow",
            "cup",
            "dining table",
            "dog",
            "donut",
            "elephant",
            "fire hydrant",
            "fork",
            "giraffe",
            "hair drier",
            "handbag",
            "horse",
            "hot dog",
            "keyboard",
            "knife",
            "laptop",
            "microwave",
            "motorcycle",
            "mouse",
            "orange",
            "oven",
            "parking meter",
            "person",
            "pizza",
            "potted plant",
            "refrigerator",
            "remote",
            "sandwich",
            "scissors",
            "sheep",
            "sink",
            "skateboard",
            "skis",
            "snowboard",
            "spoon",
            "suitcase",
            "surfboard",
            "teddy bear",
            "tennis racket",
            "tie",
            "toaster",
            "toilet",
            "toothbrush",
            "train",
            "truck",
            "tv",
            "vase",
            "wine glass",
            "zebra",
        ]);

    /// <summary>Largest number of spatial records, and of attribute records, of one picture.</summary>
    public int MaxPairs { get; init; } = 4;

    /// <summary>Seed of choices: which pairs, which object is named first, which pictures are opposites, wordings.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where the pictures are, if not beside the annotations.</summary>
    public string? Images { get; init; }

    /// <summary>The words for colours that captions are searched for.</summary>
    public IReadOnlyList<string> Colors
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>(["black", "white", "gray", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"]);

    internal void Check()
    {
        if (
            !(MinGap is > -1 and < 1)
            || !(MaxOverlap is >= 0 and <= 1)
            || !(MaxSlant is >= 0 and <= 1)
            || !(MinArea is >= 0 and < 1)
            || !(MinVisible is >= 0 and <= 1)
            || !(MaxElongation >= 1)
            || MaxPairs < 1
        )
        {
            throw new ArgumentException(
                "COCO options: gap, overlap, slant, area and visible part are shares from 0 to 1 (the gap from −1), a box may be as "
                    + "long as it is wide, and a picture gives 1 pair at least."
            );
        }
    }
}
