using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// Writes the captions of pre-training as people write them: mostly one object, attributes often left out,
/// never a relation or a negation. Words are lower-case and separated by spaces.
/// </summary>
internal sealed class ClipPretrainingCaptions(ObjectLibrary library)
{
    private static readonly string[] Openings =
    [
        "a picture of",
        "a photo of",
        "an image of",
        "a picture of",
        "a photo of",
        "there is",
        "this is",
        "a scene with",
        "",
        "",
    ];

    private static readonly HashSet<string> FunctionWords = new(StringComparer.Ordinal)
    {
        "a",
        "an",
        "the",
        "of",
        "picture",
        "photo",
        "image",
        "scene",
        "there",
        "this",
        "is",
        "with",
        "and",
        ",",
        "some",
    };

    /// <summary>Words that name nothing to be seen; the dense term leaves their tokens out.</summary>
    public static bool IsFunctionWord(string word) => FunctionWords.Contains(word);

    /// <summary>Every word that a caption may have.</summary>
    public static IEnumerable<string> Words(ObjectLibrary library) =>
        library
            .Objects.SelectMany(known => known.Name.Split(' ', '-'))
            .Concat(SceneColors.Names)
            .Concat(["small", "big"])
            .Concat(FunctionWords.Where(word => word != ","))
            .Distinct()
            .Order(StringComparer.Ordinal);

    /// <summary>
    /// The caption of the pooled loss: one object in 70 % of the pictures with several, two otherwise;
    /// at most one attribute in the caption, and that in 45 % (65 % where there is one object only).
    /// </summary>
    public string[] Sparse(Scene scene, ref SceneRandom random)
    {
        int[] order = Shuffle(scene.Objects.Count, ref random);
        int named = scene.Objects.Count == 1 || random.NextDouble() < 0.7 ? 1 : 2;
        int described = random.NextDouble() < (scene.Objects.Count == 1 ? 0.65 : 0.45) ? random.NextInt(named) : -1;
        var words = new List<string>();
        Open(words, ref random);
        for (int i = 0; i < named; i++)
        {
            if (i > 0)
                words.Add("and");
            PlacedObject placed = scene.Objects[order[i]];
            Describe(words, placed, i == described ? Attribute(scene, placed, ref random) : null);
        }
        return [.. words];
    }

    /// <summary>
    /// The caption of the dense term: every object in any order, the color in 80 % of the tinted ones,
    /// now and then the size where sizes differ.
    /// </summary>
    public string[] Full(Scene scene, ref SceneRandom random)
    {
        bool sizes = random.NextDouble() < 0.2;
        string joint = random.NextInt(4) switch
        {
            0 => ",",
            1 => "with",
            _ => "and",
        };
        var words = new List<string>();
        Open(words, ref random);
        int[] order = Shuffle(scene.Objects.Count, ref random);
        for (int i = 0; i < order.Length; i++)
        {
            PlacedObject placed = scene.Objects[order[i]];
            if (i > 0)
                words.Add(joint);
            string? size = sizes ? Size(scene, placed) : null;
            string? color = placed.Color >= 0 && random.NextDouble() < 0.8 ? SceneColors.Names[placed.Color] : null;
            words.Add("a");
            if (size is not null)
                words.Add(size);
            if (color is not null)
                words.Add(color);
            words.Add(library.Objects[placed.Object].Name);
        }
        return [.. words];
    }

    private static string? Attribute(Scene scene, PlacedObject placed, ref SceneRandom random)
    {
        string? size = random.NextDouble() < 0.15 ? Size(scene, placed) : null;
        return size ?? (placed.Color >= 0 ? SceneColors.Names[placed.Color] : null);
    }

    private static string? Size(Scene scene, PlacedObject placed)
    {
        float smallest = scene.Objects.Min(o => o.Size),
            biggest = scene.Objects.Max(o => o.Size);
        if (scene.Objects.Count == 1)
        {
            return placed.Size > 0.6f ? "big"
                : placed.Size < 0.4f ? "small"
                : null;
        }

        if (biggest < 1.4f * smallest)
            return null;
        return placed.Size > 0.9f * biggest ? "big"
            : placed.Size < 1.1f * smallest ? "small"
            : null;
    }

    private void Describe(List<string> words, PlacedObject placed, string? attribute)
    {
        words.Add("a");
        if (attribute is not null)
            words.Add(attribute);
        words.Add(library.Objects[placed.Object].Name);
    }

    private static void Open(List<string> words, ref SceneRandom random)
    {
        string opening = Openings[random.NextInt(Openings.Length)];
        if (opening.Length > 0)
            words.AddRange(opening.Split(' '));
    }

    private static int[] Shuffle(int count, ref SceneRandom random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        random.Shuffle<int>(order);
        return order;
    }
}
