using System.Text.Json.Serialization;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Geometry;

/// <summary>How far a CLIP meets the conditions of an ideal one.</summary>
public sealed class GeometryResult
{
    /// <summary>Below 1 by so much two pictures count as different.</summary>
    public const double Epsilon = 0.001;

    private static readonly double[] Rests = [0, 0.01, 0.03, 0.1, 0.3];

    /// <summary>Asks every condition of vectors.</summary>
    /// <param name="embeddings">The vectors.</param>
    /// <param name="encoder">The model's name.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    /// <param name="arguments">What was asked for.</param>
    /// <param name="scored">What scorers make of the conditions; null for none.</param>
    /// <param name="binding">What was searched; null for nothing.</param>
    public static GeometryResult Of(
        GeometryEmbeddings embeddings,
        string encoder,
        string fingerprint,
        IReadOnlyDictionary<string, string> arguments,
        IReadOnlyList<ScoredConditions>? scored = null,
        IReadOnlyList<BindingCost>? binding = null
    )
    {
        var cases = new GeometryCases(embeddings);
        double[] cosines = [.. cases.Superposition()];
        return new GeometryResult
        {
            Encoder = encoder,
            Fingerprint = fingerprint,
            Arguments = arguments,
            Conditions = cases.Conditions(),
            SuperpositionMean = cosines.Length == 0 ? double.NaN : cosines.Average(),
            SuperpositionLeast = cosines.Length == 0 ? double.NaN : cosines.Min(),
            AttributeFits = [.. cases.AttributeFits()],
            Versions = SoftwareVersions.Current(),
            Scored = scored ?? [],
            Binding = binding ?? [],
        };
    }

    /// <summary>What was run, always "geometry".</summary>
    public string Benchmark { get; } = "geometry";

    /// <summary>The model's name.</summary>
    public required string Encoder { get; init; }

    /// <summary>Its fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Arguments { get; init; }

    /// <summary>The conditions, 1a to 4c.</summary>
    public required IReadOnlyList<GeometryCondition> Conditions { get; init; }

    /// <summary>Mean cosine of i(x, y) with the direction of i(x) + i(y).</summary>
    public required double SuperpositionMean { get; init; }

    /// <summary>The least of these cosines.</summary>
    public required double SuperpositionLeast { get; init; }

    /// <summary>How well a picture with an attribute is made of the picture and the attribute's text.</summary>
    public required IReadOnlyList<AttributeFit> AttributeFits { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The conditions that can be asked of a score, by each scorer that was asked; empty for none.</summary>
    public IReadOnlyList<ScoredConditions> Scored { get; init; } = [];

    /// <summary>
    /// The contradiction, searched for a way out: at vectors as many and as wide as these, how far exchanged attributes can be told apart,
    /// by how far pictures may leave the form that condition 1 asks for; empty where it was not searched.
    /// </summary>
    public IReadOnlyList<BindingCost> Binding { get; init; } = [];

    /// <summary>Searches for <see cref="Binding"/>.</summary>
    /// <param name="dimension">Width of the vectors.</param>
    /// <param name="concepts">How many concepts.</param>
    /// <param name="seed">Where the search begins.</param>
    public static IReadOnlyList<BindingCost> SearchBinding(int dimension, int concepts, ulong seed = 1) =>
        [.. Rests.Select(rest => BindingSearch.Search(dimension, concepts, rest, seed))];

    /// <summary>The conditions of which there are cases.</summary>
    [JsonIgnore]
    public IEnumerable<GeometryCondition> Asked => Conditions.Where(condition => condition.Cases > 0);

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());
}
