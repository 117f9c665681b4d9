using Dcsm.Data.Scenes;

namespace Dcsm.Data.DataSets;

/// <summary>A picture of COCO with what is annotated on it.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Place">Where the annotation stands.</param>
internal sealed record CocoPicture(string Name, double Width, double Height, string Place)
{
    private readonly HashSet<(string, SceneBox)> _known = [];

    /// <summary>Boxes in pixels, by category; crowds are not among them.</summary>
    public SortedDictionary<string, List<SceneBox>> Boxes { get; } = new(StringComparer.Ordinal);

    /// <summary>Categories with a crowd: present, in unknown number.</summary>
    public HashSet<string> Crowds { get; } = new(StringComparer.Ordinal);

    public List<string> Captions { get; } = [];

    /// <returns>Whether it was new.</returns>
    public bool Add(string category, SceneBox box)
    {
        if (!_known.Add((category, box)))
            return false;
        if (!Boxes.TryGetValue(category, out List<SceneBox>? boxes))
            Boxes.Add(category, boxes = []);
        boxes.Add(box);
        return true;
    }

    public bool Shows(string category) => Boxes.ContainsKey(category) || Crowds.Contains(category);

    /// <summary>Categories with exactly one object, clearly to be seen, with its box.</summary>
    public List<(string Category, SceneBox Box)> Single(CocoOptions options) =>
        [
            .. Boxes
                .Where(boxes => boxes.Value.Count == 1 && !Crowds.Contains(boxes.Key) && IsClear(boxes.Value[0], options))
                .Select(boxes => (boxes.Key, boxes.Value[0])),
        ];

    public bool IsClear(SceneBox box, CocoOptions options) => Flaw(box, options) is null;

    /// <summary>Why an object is not named, in words; null where it may be.</summary>
    public static string? Flaw(SceneBox box, double width, double height, CocoOptions options)
    {
        double side = Math.Min(width, height),
            left = (width - side) / 2,
            top = (height - side) / 2;
        double area = (double)box.Width * box.Height;
        if (!(area > 0) || area < options.MinArea * width * height)
            return "too small";
        if (Math.Max(box.Width, box.Height) > options.MaxElongation * Math.Min(box.Width, box.Height))
            return "slivers";
        double seenWidth = Math.Min(box.Right, left + side) - Math.Max(box.Left, left),
            seenHeight = Math.Min(box.Bottom, top + side) - Math.Max(box.Top, top);
        return Math.Max(0, seenWidth) * Math.Max(0, seenHeight) < options.MinVisible * area ? "cut off by the central square" : null;
    }

    /// <summary>As above, in this picture.</summary>
    public string? Flaw(SceneBox box, CocoOptions options) => Flaw(box, Width, Height, options);

    /// <summary>
    /// The relation of one object to another as people would tell it, as an index into the relations of captions; or why there is none.
    /// </summary>
    public (int Relation, string? Flaw) Relation(
        (string Category, SceneBox Box) first,
        (string Category, SceneBox Box) second,
        CocoOptions options
    )
    {
        if (first.Box.Overlap(second.Box) > options.MaxOverlap)
            return (-1, "of overlapping boxes");
        int relation = Relation(first.Box, second.Box, options);
        return relation < 0 ? (-1, "along a diagonal, or too close")
            : relation < 2 && options.Standing.Contains(relation == 0 ? first.Category : second.Category)
                ? (-1, "below something that stands on the ground or on furniture")
            : (relation, null);
    }

    /// <summary>
    /// The relation of the first box to the second, as an index into the relations of captions; −1 where it is not clear.
    /// </summary>
    public int Relation(SceneBox first, SceneBox second, CocoOptions options)
    {
        if (first.Overlap(second) > options.MaxOverlap)
            return -1;
        double x = second.Left + (second.Width / 2) - first.Left - (first.Width / 2),
            y = second.Top + (second.Height / 2) - first.Top - (first.Height / 2);
        bool vertical = Math.Abs(y) > Math.Abs(x);
        (double along, double across) = vertical ? (y, x) : (x, y);
        double gap = vertical
            ? (Math.Max(first.Top, second.Top) - Math.Min(first.Bottom, second.Bottom)) / Height
            : (Math.Max(first.Left, second.Left) - Math.Min(first.Right, second.Right)) / Width;
        if (gap < options.MinGap || Math.Abs(across) > options.MaxSlant * Math.Abs(along) || along == 0)
            return -1;
        return (vertical ? 0 : 2) + (along > 0 ? 0 : 1);
    }
}
