using Dcsm.FunctionalWords;
using Dcsm.Maps;

namespace Dcsm.Training.Ablation;

/// <summary>The variants that an ablation compares.</summary>
public static class HeadVariants
{
    /// <summary>The name of the variant that all others are compared with.</summary>
    public const string Baseline = "baseline";

    /// <summary>All variants, the baseline first.</summary>
    public static IReadOnlyList<HeadVariant> All { get; } =
    [
        new(
            Baseline,
            "baseline",
            "random rows on the words' own tokens, each map standardized by itself, 2 convolutions, 128 hidden, all scenes"
        ),
        new("rows-off", "functional rows", "no functional rows: columns as CLIP gives them")
        {
            Change = options => options with { Words = FunctionalWordList.None },
        },
        new("rows-structured", "functional rows", "rows that say what the word means: ramps, center, negative")
        {
            Change = options => options with { RowValues = FunctionalRowValues.Structured },
        },
        new("rows-word-index", "functional rows", "rows by word index, as the official code")
        {
            Change = options => options with { Placement = RowPlacement.Official },
        },
        new("whole-batch", "standardization", "the whole batch standardized together, as the official code")
        {
            Change = options => options with { Standardization = MapStandardization.WholeBatch },
        },
        new("mlp", "head", "no convolution: the hidden layer reads the map") { Change = options => options with { Convolutions = 0 } },
        new("conv-1", "head", "1 convolution") { Change = options => options with { Convolutions = 1 } },
        new("conv-3", "head", "3 convolutions") { Change = options => options with { Convolutions = 3 } },
        new("conv-4", "head", "4 convolutions") { Change = options => options with { Convolutions = 4 } },
        .. new[] { 32, 64, 256, 512 }.Select(hidden => new HeadVariant(
            FormattableString.Invariant($"hidden-{hidden}"),
            "head",
            FormattableString.Invariant($"{hidden} hidden")
        )
        {
            Change = options => options with { Hidden = hidden },
        }),
        .. new[] { 125, 250, 500, 1000 }.Select(samples => new HeadVariant(
            FormattableString.Invariant($"scenes-{samples}"),
            "training scenes",
            FormattableString.Invariant($"{samples} training samples of each kind")
        )
        {
            Samples = samples,
        }),
        .. new[] { "color", "size", "spatial", "negation" }.Select(stream => new HeadVariant(
            $"without-{stream}",
            "streams",
            $"trained without the {stream} stream"
        )
        {
            Without = stream,
        }),
    ];

    /// <summary>Finds variants by name; the baseline comes along.</summary>
    /// <param name="names">Their names.</param>
    /// <exception cref="ArgumentException">A name is not known; the message lists all.</exception>
    public static IReadOnlyList<HeadVariant> Find(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(name => All.All(variant => variant.Name != name)) is { } unknown)
        {
            throw new ArgumentException(
                $"'{unknown}' is none of the variants {string.Join(", ", All.Select(variant => variant.Name))}",
                nameof(names)
            );
        }

        return [.. All.Where(variant => variant.Name == Baseline || names.Contains(variant.Name))];
    }
}
