using System.Text.Json.Nodes;
using Dcsm.Cli.Output;
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
    public static SceneWorld Open(string? objects, string? clip, ulong splitSeed) =>
        Open(objects, clip is null ? [] : (string[])[clip], splitSeed);

    /// <summary>Opens the objects, and splits those that all of some CLIPs know.</summary>
    /// <inheritdoc cref="Open(string?, string?, ulong)"/>
    /// <param name="objects">The folder of objects; null for those that ship.</param>
    /// <param name="clips">The directories of the CLIPs.</param>
    /// <param name="splitSeed">Seed of the split.</param>
    public static SceneWorld Open(string? objects, IReadOnlyList<string> clips, ulong splitSeed)
    {
        var library = ObjectLibrary.Load(objects ?? ShippedFiles.Objects);
        return new SceneWorld(library, SceneSplit.Create(KnownObjects.Of(clips, library), splitSeed));
    }

    /// <summary>Opens the objects with the split that heads were trained on, and warns where that is not one and the same.</summary>
    /// <param name="heads">The heads; where none says its split, all known objects are split anew.</param>
    /// <param name="objects">The folder of objects; null for those that ship.</param>
    /// <param name="clips">The CLIPs' directories.</param>
    /// <param name="splitSeed">Seed of the split where no head says its own.</param>
    /// <param name="terminal">Where warnings go.</param>
    public static SceneWorld OfHeads(
        IReadOnlyList<DcsmHead> heads,
        string? objects,
        IReadOnlyList<string> clips,
        ulong splitSeed,
        Terminal terminal
    )
    {
        SceneWorld world = Open(objects, clips, splitSeed);
        SceneSplit? split = null;
        foreach (DcsmHead head in heads)
        {
            if (SplitOf(head, world.Library) is not { } its)
            {
                terminal.Warning(
                    $"{head.Directory}: does not say which objects it was trained on, so some of the 'unseen' ones may be known to it"
                );
            }
            else if (split is null)
            {
                split = its;
            }
            else if (its.Seed != split.Seed || !its.UnseenObjects.SequenceEqual(split.UnseenObjects))
            {
                terminal.Warning(
                    $"{head.Directory}: was trained on another split than {heads[0].Directory}, so some of the 'unseen' objects "
                        + $"are known to it"
                );
            }
        }

        return world with
        {
            Split = split ?? world.Split,
        };
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
            ? parts
                .Select(part => part?["data"] as JsonObject)
                .FirstOrDefault(part => part?["source"]?.GetValue<string>() is "scenes" or "statements")
            : data as JsonObject;

    private static string[]? Names(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(name => name?.GetValue<string>() ?? "")] : null;
}
