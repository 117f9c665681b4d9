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

    public bool IsClear(SceneBox box, CocoOptions options)
    {
        double side = Math.Min(Width, Height),
            left = (Width - side) / 2,
            top = (Height - side) / 2;
        double area = (double)box.Width * box.Height;
        double width = Math.Min(box.Right, left + side) - Math.Max(box.Left, left),
            height = Math.Min(box.Bottom, top + side) - Math.Max(box.Top, top);
        return area > 0
            && area >= options.MinArea * Width * Height
            && Math.Max(0, width) * Math.Max(0, height) >= options.MinVisible * area;
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
