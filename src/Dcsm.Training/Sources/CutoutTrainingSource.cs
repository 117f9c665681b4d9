using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// Scenes without end of one's own pictures with transparent backgrounds. Validation is on pairs and objects that are held out, and
/// on backgrounds that are held out where they are pictures.
/// </summary>
public sealed class CutoutTrainingSource : IHeadTrainingSource
{
    private readonly SceneTrainingSource _scenes;
    private readonly string _pictures;
    private readonly ulong _splitSeed;
    private readonly string _disjointBy;

    private CutoutTrainingSource(SceneTrainingSource scenes, string pictures, ulong splitSeed, string disjointBy) =>
        (_scenes, _pictures, _splitSeed, _disjointBy) = (scenes, pictures, splitSeed, disjointBy);

    /// <summary>Opens a folder of cut-outs.</summary>
    /// <param name="directory">The folder; see <see cref="ObjectLibrary.LoadCutouts"/>.</param>
    /// <param name="imageSize">Side of the scenes in pixels: that of the CLIP.</param>
    /// <param name="seed">The seed of the scenes.</param>
    /// <param name="splitSeed">The seed of what is held out.</param>
    /// <param name="backgrounds">What they are put on; null for generated backgrounds.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">A picture is wrong, or there are too few to train on.</exception>
    public static CutoutTrainingSource Open(
        string directory,
        int imageSize,
        ulong seed,
        ulong splitSeed,
        SceneBackgrounds? backgrounds = null
    )
    {
        var library = ObjectLibrary.LoadCutouts(directory);
        var split = SceneSplit.Create([.. library.Objects.Select(item => item.Name)], splitSeed);
        if (new SceneSampler(library, split).PairCount(SplitPart.Train) == 0)
        {
            throw new InvalidDataException(
                $"{directory}: of {library.Objects.Count} objects no pair is left to train on once the split of seed "
                    + $"{splitSeed} has held its share out; add pictures, or choose another split seed"
            );
        }

        return new CutoutTrainingSource(
            new SceneTrainingSource(library, split, imageSize, seed, backgrounds),
            Hash(directory, library),
            splitSeed,
            backgrounds?.Files.Count > 1 ? "object, pair of objects and background" : "object and pair of objects"
        );
    }

    /// <summary>The four kinds: color, size, spatial, negation.</summary>
    public IReadOnlyList<string> Streams => _scenes.Streams;

    /// <summary>Sources "unseen_pairs" and "unseen_objects", as far as the split has any.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => _scenes.Validation;

    /// <summary>Null: scenes never end.</summary>
    public long? Count(int stream) => null;

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index) => _scenes.Read(stream, index);

    /// <inheritdoc/>
    public JsonObject Describe() =>
        new()
        {
            ["source"] = "cutouts",
            ["pictures"] = _pictures,
            ["splitSeed"] = _splitSeed,
            ["disjointBy"] = _disjointBy,
            // One level down, where nobody takes them for a split of the objects that ship.
            ["scenes"] = _scenes.Describe(),
        };

    private static string Hash(string directory, ObjectLibrary library)
    {
        using var digest = new Sha256Digest();
        foreach (SceneObject item in library.Objects.OrderBy(item => item.Name, StringComparer.Ordinal))
            digest.Append(SHA256.HashData(RegularFile.ReadAll(Path.Combine(directory, item.File))));
        return digest.Finish();
    }
}
