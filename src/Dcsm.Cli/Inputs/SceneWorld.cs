using System.Text.Json.Nodes;
using Dcsm.Data.Scenes;
using Dcsm.Head;

namespace Dcsm.Cli.Inputs;

/// <summary>The objects that scenes are drawn from, and which of them training may see.</summary>
internal sealed record SceneWorld(ObjectLibrary Library, SceneSplit Split)
{
    /// <summary>The split that everything uses unless told otherwise; heads are only comparable on one and the same.</summary>
    public const ulong DefaultSplitSeed = 1;

    /// <summary>Opens the objects, and splits those that a CLIP knows.</summary>
    /// <param name="objects">The folder of objects; null for those that ship.</param>
    /// <param name="clip">The CLIP's directory; null to split all objects.</param>
    /// <param name="splitSeed">Seed of the split.</param>
    public static SceneWorld Open(string? objects, string? clip, ulong splitSeed)
    {
        var library = ObjectLibrary.Load(objects ?? ShippedFiles.Objects);
        IReadOnlyList<string> names = clip is null ? [.. library.Objects.Select(o => o.Name)] : KnownObjects.Of(clip, library);
        return new SceneWorld(library, SceneSplit.Create(names, splitSeed));
    }

    /// <summary>
    /// The split that a head was trained with, so that "unseen" means unseen by it; null where its training does not say.
    /// </summary>
    /// <exception cref="InvalidDataException">The head's split names objects that are not there.</exception>
    public static SceneSplit? SplitOf(DcsmHead head, ObjectLibrary library)
    {
        if (
            ScenesOf(head.Config.Training["data"]) is not { } data
            || data["splitSeed"] is not JsonValue seed
            || !seed.TryGetValue(out ulong splitSeed)
            || Names(data["seenObjects"]) is not { } seen
            || Names(data["unseenObjects"]) is not { } unseen
        )
        {
            return null;
        }
        // The order of names in the library, so that equal splits draw equal scenes.
        var all = seen.Concat(unseen).ToHashSet(StringComparer.Ordinal);
        string[] names = [.. library.Objects.Select(o => o.Name).Where(all.Contains)];
        if (names.Length < all.Count)
        {
            throw new InvalidDataException(
                $"{head.Directory}: was trained with objects that are not in the folder of objects, such as '{all.Except(names).First()}'"
            );
        }

        return SceneSplit.Create(names, splitSeed, (double)unseen.Length / all.Count);
    }

    // Of a mixture, the scenes.
    private static JsonObject? ScenesOf(JsonNode? data) =>
        (data as JsonObject)?["parts"] is JsonArray parts
            ? parts.Select(part => part?["data"] as JsonObject).FirstOrDefault(part => part?["source"]?.GetValue<string>() == "scenes")
            : data as JsonObject;

    private static string[]? Names(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(name => name?.GetValue<string>() ?? "")] : null;
}
