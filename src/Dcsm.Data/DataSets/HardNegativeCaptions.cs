using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets;

/// <summary>Records with the captions of the official training (<c>src/training/toydataset_dense.py</c>).</summary>
internal static class HardNegativeCaptions
{
    public const string Spatial = "spatial",
        Attributes = "attributes",
        Negation = "negation";

    /// <param name="image">Name and place of the picture.</param>
    /// <param name="negative">The same of the negative picture, or null.</param>
    /// <param name="first">The object that is named first.</param>
    /// <param name="relation">Index into <see cref="SceneCaptions.Relations"/>.</param>
    /// <param name="second">The object that is named second.</param>
    public static HardNegativeRecord Related(
        (string Name, string Path) image,
        (string Name, string Path)? negative,
        string first,
        int relation,
        string second
    ) =>
        Record(
            image,
            negative,
            SceneCaptions.Related(first, relation, second),
            SceneCaptions.Related(second, relation, first),
            first,
            second
        );

    public static HardNegativeRecord WithAttributes(
        (string Name, string Path) image,
        (string Name, string Path)? negative,
        string attribute1,
        string first,
        string attribute2,
        string second
    ) =>
        Record(
            image,
            negative,
            SceneCaptions.Attributes(attribute1, first, attribute2, second),
            SceneCaptions.Attributes(attribute2, first, attribute1, second),
            first,
            second
        );

    /// <summary>The object of the picture but not that of the negative one; two wordings each.</summary>
    public static HardNegativeRecord Negated(
        ref SceneRandom random,
        (string Name, string Path) image,
        (string Name, string Path) negative,
        string shown,
        string absent
    ) =>
        Record(
            image,
            negative,
            SceneCaptions.Negated(ref random, shown, absent),
            SceneCaptions.Negated(ref random, absent, shown),
            shown,
            absent
        );

    /// <summary>As the official code: each version has a name of its own for either object, and a wording drawn for each caption.</summary>
    public static HardNegativeRecord Negated(
        ref SceneRandom random,
        (string Name, string Path) image,
        (string Name, string Path) negative,
        IReadOnlyList<string> shown,
        IReadOnlyList<string> absent
    )
    {
        string[] captions = new string[2],
            negatives = new string[2];
        for (int version = 0; version < 2; version++)
        {
            captions[version] = $"An image of a {shown[version]} {Wording(ref random)} a {absent[version]}";
            negatives[version] = $"An image of a {absent[version]} {Wording(ref random)} a {shown[version]}";
        }

        return Record(image, negative, captions, negatives, shown[0], absent[0]);
    }

    private static string Wording(ref SceneRandom random) => SceneCaptions.Negations[random.NextInt(SceneCaptions.Negations.Count)];

    private static HardNegativeRecord Record(
        (string Name, string Path) image,
        (string Name, string Path)? negative,
        string[] captions,
        string[] negatives,
        string first,
        string second
    ) => new(image.Name, image.Path, negative?.Name, negative?.Path, captions, negatives, (first, second));
}
