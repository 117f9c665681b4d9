using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Robustness;

/// <summary>How robust models are to a shift.</summary>
public sealed class RobustnessResult
{
    /// <summary>What was run, always "robustness".</summary>
    public string Benchmark { get; } = "robustness";

    /// <summary>The axes of the line.</summary>
    public required RobustnessAxes Axes { get; init; }

    /// <summary>The line of the standard models.</summary>
    public required RobustnessFit Fit { get; init; }

    /// <summary>The model that relative robustness is to; null for none.</summary>
    public required string? RelativeTo { get; init; }

    /// <summary>The models, standard ones first.</summary>
    public required IReadOnlyList<RobustnessRow> Models { get; init; }

    /// <summary>What was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Arguments { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Fits the line and judges every model.</summary>
    /// <param name="standard">The standard models.</param>
    /// <param name="others">The other ones.</param>
    /// <param name="axes">The axes.</param>
    /// <param name="relativeTo">The model that others are compared to; null for none.</param>
    /// <param name="arguments">What was asked for.</param>
    /// <exception cref="ArgumentException">There is no line, or no such model.</exception>
    public static RobustnessResult Of(
        IReadOnlyList<RobustnessModel> standard,
        IReadOnlyList<RobustnessModel> others,
        RobustnessAxes axes,
        string? relativeTo,
        IReadOnlyDictionary<string, string> arguments
    )
    {
        ArgumentNullException.ThrowIfNull(standard);
        ArgumentNullException.ThrowIfNull(others);
        RobustnessModel? baseline = relativeTo is null
            ? null
            : standard.Concat(others).FirstOrDefault(model => model.Name == relativeTo)
                ?? throw new ArgumentException($"'{relativeTo}' is none of the models");
        RobustnessRow Row(RobustnessModel model, bool isStandard) =>
            new(
                model,
                isStandard,
                RobustnessFit.Effective(model, standard, axes),
                baseline is null ? null : model.Shifted - baseline.Shifted
            );
        return new RobustnessResult
        {
            Axes = axes,
            Fit = RobustnessFit.Of(standard, axes),
            RelativeTo = relativeTo,
            Models = [.. standard.Select(model => Row(model, true)), .. others.Select(model => Row(model, false))],
            Arguments = arguments,
            Versions = SoftwareVersions.Current(),
        };
    }

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());
}
