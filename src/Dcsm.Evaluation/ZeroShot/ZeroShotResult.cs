using System.Text.Json.Serialization;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Collections;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>How a CLIP names single objects and their colors. Ties count as wrong; intervals are Wilson's over pictures.</summary>
public sealed record ZeroShotResult
{
    /// <summary>What was run, always "zeroshot".</summary>
    public string Benchmark { get; init; } = "zeroshot";

    /// <summary>The model's name.</summary>
    public required string Encoder { get; init; }

    /// <summary>The model's fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>How it was asked.</summary>
    public required ZeroShotOptions Options { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>How many names there are to choose from.</summary>
    public required int Names { get; init; }

    /// <summary>How many pictures were named.</summary>
    public required int Pictures { get; init; }

    /// <summary>Share named rightly with one prompt.</summary>
    public required Estimate Naming { get; init; }

    /// <summary>Share whose right name is among the best five, with one prompt.</summary>
    public required Estimate NamingTop5 { get; init; }

    /// <summary>Share named rightly with the ensemble of prompts.</summary>
    public required Estimate NamingEnsemble { get; init; }

    /// <summary>How many colors there are to choose from.</summary>
    public required int Colors { get; init; }

    /// <summary>How many pictures show a tinted object, whose color was asked.</summary>
    public required int TintedPictures { get; init; }

    /// <summary>Share of tinted objects whose color is told rightly, the name being given.</summary>
    public required Estimate ColorNaming { get; init; }

    /// <summary>Each object, in the order of the library.</summary>
    public required IReadOnlyList<ZeroShotObject> Objects
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>The objects named worst first.</summary>
    [JsonIgnore]
    public IReadOnlyList<ZeroShotObject> Hardest =>
        [.. Objects.OrderBy(o => o.Right / (double)o.Pictures).ThenBy(o => o.Name, StringComparer.Ordinal)];

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());
}
