using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.Scenes;

/// <summary>Kinds and parts as they are written in files and given on a command line.</summary>
public static class SceneNames
{
    private static readonly string[] KindNames = ["color", "size", "spatial", "negation"];
    private static readonly string[] StatementKindNames = ["name", "pair", "color", "size", "spatial", "negation", "combined"];
    private static readonly string[] PartNames = ["train", "unseen_pairs", "unseen_objects"];

    /// <summary>The kinds' names in the order of <see cref="SceneKind"/>.</summary>
    public static IReadOnlyList<string> Kinds => KindNames;

    /// <summary>The parts' names in the order of <see cref="SplitPart"/>.</summary>
    public static IReadOnlyList<string> Parts => PartNames;

    /// <summary>"name", "pair", "color", "size", "spatial", "negation" or "combined".</summary>
    public static string Of(StatementKind kind) => StatementKindNames[(int)kind];

    /// <summary>"color", "size", "spatial" or "negation".</summary>
    public static string Of(SceneKind kind) => KindNames[(int)kind];

    /// <summary>"train", "unseen_pairs" or "unseen_objects".</summary>
    public static string Of(SplitPart part) => PartNames[(int)part];

    /// <summary>Reads a kind's name.</summary>
    public static bool TryParse(string? name, out SceneKind kind)
    {
        kind = (SceneKind)Array.IndexOf(KindNames, name);
        return kind >= 0;
    }

    /// <summary>Reads a part's name.</summary>
    public static bool TryParse(string? name, out SplitPart part)
    {
        part = (SplitPart)Array.IndexOf(PartNames, name);
        return part >= 0;
    }
}
