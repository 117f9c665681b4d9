using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes;

/// <summary>
/// Draws pairs of opposite scenes with captions. Each sample is a pure function of the kind, the part of the split, a
/// seed and an index, so a stream of them never ends, needs no storage and can be entered anywhere, by any thread.
/// </summary>
/// <remarks>
/// Objects lie inside the picture with their whole box; boxes share at most 2 % of the smaller one. The captions are
/// those of the official training (Raphoo/DCSM_Ideal_CLIP, src/training/toydataset_dense.py).
/// </remarks>
public sealed class SceneSampler
{
    private const int ChoiceAttempts = 200;
    private readonly ObjectLibrary _library;
    private readonly SceneLayout _layout;
    private readonly int[] _seen;
    private readonly int[] _unseen;
    private readonly (int First, int Second)[][] _pairs;
    private readonly SplitPart?[] _parts;

    /// <summary>Prepares to draw.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them belong together; objects of the library that it does not name are never drawn.</param>
    /// <exception cref="ArgumentException">The split names an object that the library does not have.</exception>
    public SceneSampler(ObjectLibrary library, SceneSplit split)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(split);
        _library = library;
        Split = split;
        _layout = new SceneLayout(library);

        // Sorted, so that neither the order of the split's names nor that of the library decides what is drawn.
        _seen = [.. split.SeenObjects.Order(StringComparer.Ordinal).Select(library.IndexOf)];
        _unseen = [.. split.UnseenObjects.Order(StringComparer.Ordinal).Select(library.IndexOf)];
        _parts = new SplitPart?[library.Objects.Count * library.Objects.Count];
        var lists = new List<(int, int)>[] { [], [], [] };
        Pair(_seen, lists);
        Pair(_unseen, lists);
        _pairs = [.. lists.Select(list => list.ToArray())];
    }

    /// <summary>The split that objects are drawn from.</summary>
    public SceneSplit Split { get; }

    /// <summary>How many unordered pairs of objects a part has.</summary>
    public int PairCount(SplitPart part) => _pairs[(int)part].Length;

    /// <summary>Draws a pair of opposite scenes.</summary>
    /// <param name="kind">What is asked.</param>
    /// <param name="part">
    /// Where the two objects come from. A distractor comes from the same part, or, with <see cref="SplitPart.UnseenPairs"/>, is any seen
    /// object.
    /// </param>
    /// <param name="seed">The seed of the stream.</param>
    /// <param name="index">The number of the sample in the stream.</param>
    /// <exception cref="InvalidOperationException">The part has no pair of objects.</exception>
    public SceneSample Sample(SceneKind kind, SplitPart part, ulong seed, long index)
    {
        if (!Enum.IsDefined(kind))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of scenes.");
        if (!Enum.IsDefined(part))
            throw new ArgumentOutOfRangeException(nameof(part), part, "There is no such part of a split.");
        var random = new SceneRandom(seed, ((ulong)kind * 3) + (ulong)part, (ulong)index);
        ulong background = random.NextUInt64();
        (int first, int second) = ChoosePair(ref random, part);
        return kind switch
        {
            SceneKind.Color => SampleColor(ref random, background, first, second),
            SceneKind.Size => SampleSize(ref random, background, first, second),
            SceneKind.Spatial => SampleSpatial(ref random, background, first, second),
            _ => SampleNegation(ref random, background, first, second, part),
        };
    }

    private SceneSample SampleColor(ref SceneRandom random, ulong background, int first, int second)
    {
        SceneLayout.Place[] places = _layout.Scatter(
            ref random,
            [
                [first],
                [second],
            ],
            0.27f,
            0.48f
        );
        int color1 = random.NextInt(SceneColors.Count);
        int color2 = (color1 + 1 + random.NextInt(SceneColors.Count - 1)) % SceneColors.Count;
        PlacedObject a = Put(first, places[0], color1, random.NextBool());
        PlacedObject b = Put(second, places[1], color2, random.NextBool());
        (string? name1, string? name2) = (SceneColors.Names[color1], SceneColors.Names[color2]);
        return new SceneSample(
            SceneKind.Color,
            new Scene(background, [a, b]),
            new Scene(background, [a with { Color = color2 }, b with { Color = color1 }]),
            SceneCaptions.Attributes(name1, Name(first), name2, Name(second)),
            SceneCaptions.Attributes(name2, Name(first), name1, Name(second))
        );
    }

    private SceneSample SampleSize(ref SceneRandom random, ulong background, int first, int second)
    {
        (SceneLayout.Place place1, SceneLayout.Place place2, float small, float big) = _layout.SmallAndBig(ref random, first, second);
        // Both or none, so that a tint never says which object is meant.
        int[] colors = random.NextBool() ? ChooseTints(ref random, 2, chance: 1) : [SceneColors.None, SceneColors.None];
        PlacedObject a = Put(first, place1, colors[0], random.NextBool()) with { Size = small };
        PlacedObject b = Put(second, place2, colors[1], random.NextBool()) with { Size = big };
        return new SceneSample(
            SceneKind.Size,
            new Scene(background, [a, b]),
            new Scene(background, [a with { Size = big }, b with { Size = small }]),
            SceneCaptions.Attributes("small", Name(first), "big", Name(second)),
            SceneCaptions.Attributes("big", Name(first), "small", Name(second))
        );
    }

    private SceneSample SampleSpatial(ref SceneRandom random, ulong background, int first, int second)
    {
        int relation = random.NextInt(SceneCaptions.Relations.Count);
        bool vertical = relation < 2;
        // Above and left put the first object at the first place, below and right at the second.
        bool forward = (relation & 1) == 0;
        (SceneLayout.Place place1, SceneLayout.Place place2) = forward
            ? _layout.Related(ref random, first, second, vertical)
            : _layout.Related(ref random, second, first, vertical);
        if (!forward)
            (place1, place2) = (place2, place1);
        int[] colors = ChooseTints(ref random, 2);
        PlacedObject a = Put(first, place1, colors[0], random.NextBool());
        PlacedObject b = Put(second, place2, colors[1], random.NextBool());
        return new SceneSample(
            SceneKind.Spatial,
            new Scene(background, [a, b]),
            new Scene(
                background,
                [a with { CenterX = b.CenterX, CenterY = b.CenterY }, b with { CenterX = a.CenterX, CenterY = a.CenterY }]
            ),
            SceneCaptions.Related(Name(first), relation, Name(second)),
            SceneCaptions.Related(Name(second), relation, Name(first))
        );
    }

    private SceneSample SampleNegation(ref SceneRandom random, ulong background, int shown, int absent, SplitPart part)
    {
        int distractor = random.NextBool() ? ChooseOther(ref random, [shown, absent], part) : -1;
        SceneLayout.Place[] places =
            distractor < 0
                ? _layout.Scatter(
                    ref random,
                    [
                        [shown, absent],
                    ],
                    0.35f,
                    0.66f
                )
                : _layout.Scatter(
                    ref random,
                    [
                        [shown, absent],
                        [distractor],
                    ],
                    0.27f,
                    0.48f
                );
        int[] colors = ChooseTints(ref random, 3);
        var image = new List<PlacedObject> { Put(shown, places[0], colors[0], random.NextBool()) };
        var opposite = new List<PlacedObject> { Put(absent, places[0], colors[1], random.NextBool()) };
        if (distractor >= 0)
        {
            PlacedObject put = Put(distractor, places[1], colors[2], random.NextBool());
            image.Add(put);
            opposite.Add(put);
        }

        return new SceneSample(
            SceneKind.Negation,
            new Scene(background, [.. image]),
            new Scene(background, [.. opposite]),
            SceneCaptions.Negated(ref random, Name(shown), Name(absent)),
            SceneCaptions.Negated(ref random, Name(absent), Name(shown))
        );
    }

    private string Name(int item) => _library.Objects[item].Name;

    private static PlacedObject Put(int item, SceneLayout.Place place, int color, bool mirrored) =>
        new(item, place.X, place.Y, place.Size, color, mirrored);

    /// <summary>For each object a tint or none; no tint twice.</summary>
    internal static int[] ChooseTints(ref SceneRandom random, int count, double chance = 0.5)
    {
        int[] colors = new int[count];
        for (int i = 0; i < count; i++)
        {
            colors[i] = SceneColors.None;
            if (!random.NextBool(chance))
                continue;
            int color;
            do
            {
                color = random.NextInt(SceneColors.Count);
            } while (colors.AsSpan(0, i).Contains(color));
            colors[i] = color;
        }

        return colors;
    }

    internal (int First, int Second) ChoosePair(ref SceneRandom random, SplitPart part)
    {
        (int First, int Second)[] list = _pairs[(int)part];
        if (list.Length == 0)
        {
            throw new InvalidOperationException(
                $"The split of {_seen.Length} seen and {_unseen.Length} unseen objects has no pair for {part}."
            );
        }

        (int first, int second) = list[random.NextInt(list.Length)];
        return random.NextBool() ? (first, second) : (second, first);
    }

    /// <summary>An object besides others, or −1 where none turned up.</summary>
    internal int ChooseOther(ref SceneRandom random, ReadOnlySpan<int> others, SplitPart part)
    {
        int[] from = part == SplitPart.UnseenObjects ? _unseen : _seen;
        for (int attempt = 0; attempt < ChoiceAttempts; attempt++)
        {
            int item = from[random.NextInt(from.Length)];
            if (!others.Contains(item) && MayJoin(item, others, part))
                return item;
        }

        return -1;
    }

    // To train on, no two objects of a picture may be a pair that is held out.
    private bool MayJoin(int item, ReadOnlySpan<int> others, SplitPart part)
    {
        foreach (int other in others)
        {
            if (part == SplitPart.Train && PartOf(item, other) != SplitPart.Train)
                return false;
        }

        return true;
    }

    private SplitPart? PartOf(int first, int second) => _parts[(first * _library.Objects.Count) + second];

    private void Pair(int[] items, List<(int, int)>[] lists)
    {
        for (int i = 0; i < items.Length; i++)
        {
            for (int j = i + 1; j < items.Length; j++)
            {
                if (Split.PartOf(Name(items[i]), Name(items[j])) is not { } part)
                    continue;
                lists[(int)part].Add((items[i], items[j]));
                _parts[(items[i] * _library.Objects.Count) + items[j]] = part;
                _parts[(items[j] * _library.Objects.Count) + items[i]] = part;
            }
        }
    }
}
