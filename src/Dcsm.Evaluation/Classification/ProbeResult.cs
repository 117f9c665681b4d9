using System.Text.Json.Serialization;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Classification;

/// <summary>What a linear probe learned, and how it does.</summary>
public sealed class ProbeResult
{
    /// <summary>What was run, always "probe".</summary>
    public string Benchmark { get; } = "probe";

    /// <summary>The probe on each data set that it was asked of; zero-shot beside it as its only single one.</summary>
    public required IReadOnlyList<ClassificationResult> Tests { get; init; }

    /// <summary>What the cross-entropy was multiplied by.</summary>
    public required double C { get; init; }

    /// <summary>The objective that was reached, ½‖W‖² + C · Σ cross-entropy.</summary>
    public required double Objective { get; init; }

    /// <summary>Steps of L-BFGS.</summary>
    public required int Iterations { get; init; }

    /// <summary>Whether it ended at the tolerance.</summary>
    public required bool Converged { get; init; }

    /// <summary>Seconds that the fit took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Pictures that were trained on.</summary>
    public required int TrainingPictures { get; init; }

    /// <summary>Share of right pictures on validation of each C that was tried; empty where C was given.</summary>
    public required IReadOnlyList<ProbeTrial> Trials { get; init; }

    /// <summary>Probes of few pictures a class; empty where none were asked for.</summary>
    public required IReadOnlyList<FewShotPoint> FewShot { get; init; }

    /// <summary>
    /// With how many pictures of each class a probe is as good as zero-shot, on the first data set; null where it never is, or was not
    /// asked.
    /// </summary>
    public required double? ZeroShotEqualsShots { get; init; }

    /// <summary>Zero-shot on the first data set.</summary>
    [JsonIgnore]
    public ClassFigures? ZeroShot => Tests[0].Single.Count > 0 ? Tests[0].Single[0] : null;

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());
}
