using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Data.Scenes;

namespace Dcsm.Cli.Options;

/// <summary>Options that name kinds and parts of scenes.</summary>
internal static class SceneOptions
{
    public static Option<string[]> Kinds() =>
        Named(
            "--kinds",
            "KIND",
            "Which opposites: color, size, spatial, negation; several separated by commas or spaces.",
            SceneNames.Kinds,
            SceneNames.Kinds
        );

    /// <summary>What <see cref="Kinds"/> was given.</summary>
    public static SceneKind[] GetKinds(this ParseResult parse, Option<string[]> option) =>
        [.. Names(parse.GetValue(option)!).Select(name => SceneNames.TryParse(name, out SceneKind kind) ? kind : default)];

    public static Option<string[]> Parts(string description, params SplitPart[] defaults) =>
        Named(
            "--part",
            "PART",
            description,
            [.. SceneNames.Parts.Select(Dashed)],
            [.. defaults.Select(part => Dashed(SceneNames.Of(part)))]
        );

    /// <summary>What <see cref="Parts"/> was given.</summary>
    public static SplitPart[] GetParts(this ParseResult parse, Option<string[]> option) => PartsOf(parse.GetValue(option)!);

    /// <inheritdoc cref="GetParts"/>
    public static SplitPart[] PartsOf(string[] typed) =>
        [.. Names(typed).Select(name => SceneNames.TryParse(name.Replace('-', '_'), out SplitPart part) ? part : default)];

    public static Option<ulong> SplitSeed() =>
        new Option<ulong>("--split-seed")
        {
            Description = "Seed of the split into seen and unseen objects and pairs.",
            DefaultValueFactory = _ => SceneWorld.DefaultSplitSeed,
        }.AtLeast(0UL);

    // "unseen-pairs": how a part is written on the command line.
    private static string Dashed(string name) => name.Replace('_', '-');

    private static IEnumerable<string> Names(IEnumerable<string> typed) =>
        typed.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct();

    /// <summary>Some of several names; the default is shown as a person would type it.</summary>
    private static Option<string[]> Named(
        string name,
        string helpName,
        string description,
        IReadOnlyList<string> names,
        IReadOnlyList<string> defaults
    )
    {
        Option<string[]> option = new(name)
        {
            Description = description,
            HelpName = helpName,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [string.Join(',', defaults)],
        };
        option.Validators.Add(result =>
        {
            string[] typed = [.. Names(result.Tokens.Select(token => token.Value))];
            if (typed.Length == 0 && !result.Implicit)
                result.AddError($"{name} names none of {string.Join(", ", names)}.");
            foreach (string wrong in typed.Except(names))
                result.AddError($"'{wrong}' is none of {string.Join(", ", names)}.");
        });
        return option;
    }
}
