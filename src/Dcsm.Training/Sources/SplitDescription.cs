using System.Text.Json.Nodes;
using Dcsm.Data.Scenes;

namespace Dcsm.Training.Sources;

/// <summary>What a record of a training says of generated scenes: which objects and pairs were held out, and how they were drawn.</summary>
internal static class SplitDescription
{
    /// <summary>Adds it to what the record says already.</summary>
    public static JsonObject Add(JsonObject description, SplitPart part, ulong seed, int imageSize, SceneSplit split)
    {
        description["part"] = SceneNames.Of(part);
        description["seed"] = seed;
        description["imageSize"] = imageSize;
        description["splitSeed"] = split.Seed;
        description["seenObjects"] = Array(split.SeenObjects);
        description["unseenObjects"] = Array(split.UnseenObjects);
        return description;
    }

    private static JsonArray Array(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];
}
