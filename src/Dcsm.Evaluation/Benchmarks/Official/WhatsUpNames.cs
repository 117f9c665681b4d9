using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>What WhatsUp's file names say: object _ relation _ object .jpeg, hyphens within objects.</summary>
internal static class WhatsUpNames
{
    private static readonly (string First, string Second)[] OppositeNames =
    [
        ("left", "right"),
        ("on", "under"),
        ("above", "below"),
        ("in-front", "behind"),
    ];

    /// <summary>The opposites that a pair is made of, the first of each naming it.</summary>
    public static IReadOnlyList<(string First, string Second)> Opposites => OppositeNames;

    public static string File(ChoiceItem item) => item.Image.Name[(item.Image.Name.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>The relation as opposites have it, from the item's group or, where it has none, from its file name.</summary>
    public static string Relation(ChoiceItem item)
    {
        string relation = (item.Group.Length > 0 ? item.Group : Middle(item)).Replace(' ', '-').Replace('_', '-');
        if (relation.EndsWith("-of", StringComparison.Ordinal))
            relation = relation[..^3];
        return relation == "front" ? "in-front" : relation;
    }

    /// <summary>The part after the first underscore, as published code takes it; empty where there is none.</summary>
    public static string Middle(ChoiceItem item) => File(item).Split('_') is [_, var relation, ..] ? relation : "";

    public static string SetKey(ChoiceItem item)
    {
        if (item.SetKey is { } key)
            return key;
        string[] parts = File(item).Split('_');
        return $"{parts[0]}_{Path.GetFileNameWithoutExtension(parts[^1])}";
    }
}
