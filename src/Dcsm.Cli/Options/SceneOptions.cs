using System.CommandLine;
using System.CommandLine.Parsing;
using Dcsm.Cli.Inputs;
using Dcsm.Data.Scenes;

namespace Dcsm.Cli.Options;

/// <summary>Options that name kinds and parts of scenes.</summary>
internal static class SceneOptions
{
    public static Option<SceneKind[]> Kinds() =>
        new("--kinds")
        {
            Description = "Which opposites: color, size, spatial, negation; several separated by commas or spaces.",
            HelpName = "KIND",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result =>
                ParseAll(result, SceneNames.Kinds, (string name, out SceneKind kind) => SceneNames.TryParse(name, out kind)),
            DefaultValueFactory = _ => Enum.GetValues<SceneKind>(),
        };

    public static Option<SplitPart[]> Parts(string description, params SplitPart[] defaults) =>
        new("--part")
        {
            Description = description,
            HelpName = "PART",
            AllowMultipleArgumentsPerToken = true,
            CustomParser = result =>
                ParseAll(
                    result,
                    [.. SceneNames.Parts.Select(Dashed)],
                    (string name, out SplitPart part) => SceneNames.TryParse(name.Replace('-', '_'), out part)
                ),
            DefaultValueFactory = _ => defaults,
        };

    /// <summary>"unseen-pairs": how a part is written on the command line.</summary>
    public static Option<ulong> SplitSeed() =>
        new Option<ulong>("--split-seed")
        {
            Description = "Seed of the split into seen and unseen objects and pairs.",
            DefaultValueFactory = _ => SceneWorld.DefaultSplitSeed,
        }.AtLeast(0UL);

    private delegate bool Parser<T>(string name, out T value);

    private static string Dashed(string name) => name.Replace('_', '-');

    private static T[] ParseAll<T>(ArgumentResult result, IReadOnlyList<string> names, Parser<T> parse)
    {
        var values = new List<T>();
        foreach (
            string name in result.Tokens.SelectMany(token =>
                token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            )
        )
        {
            if (!parse(name, out T value))
                result.AddError($"'{name}' is none of {string.Join(", ", names)}.");
            else if (!values.Contains(value))
                values.Add(value);
        }

        return [.. values];
    }
}
