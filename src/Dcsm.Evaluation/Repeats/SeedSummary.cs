using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Head;
using Validation = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Evaluation.Repeats;

/// <summary>The validations of heads that were trained with several seeds: mean and standard deviation (of a sample, n − 1).</summary>
/// <param name="heads">The heads, each with its seed and where it is.</param>
public sealed class SeedSummary(IReadOnlyList<(ulong Seed, string Directory, DcsmHead Head)> heads)
{
    private readonly Validation[] _validations = [.. heads.Select(head => ValidationOf(head.Head))];

    /// <summary>How many heads there are.</summary>
    public int Seeds => heads.Count;

    /// <summary>The streams of each part of the validation; empty where the heads were not validated.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parts =>
        _validations[0].ToDictionary(part => part.Key, part => (IReadOnlyList<string>)[.. part.Value.Keys]);

    /// <summary>The validation that a head was saved with, by part and stream.</summary>
    public static Validation ValidationOf(DcsmHead head) =>
        (head.Config.Metrics["validation"]?.Deserialize<Dictionary<string, Dictionary<string, double>>>() ?? []).ToDictionary(
            part => part.Key,
            part => (IReadOnlyDictionary<string, double>)part.Value
        );

    /// <summary>
    /// Mean and standard deviation of a stream over the seeds; of the mean of the part's streams where <paramref name="stream"/> is null.
    /// </summary>
    public (double Mean, double Deviation) Of(string part, string? stream = null)
    {
        double[] all =
        [
            .. _validations.Select(validation => stream is null ? validation[part].Values.Average() : validation[part][stream]),
        ];
        double mean = all.Average();
        return (mean, Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }

    /// <summary>As JSON: each head with what its training measured, and the spread of each part and stream.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["heads"] = new JsonArray([
                .. heads.Select(
                    (head, i) =>
                        new JsonObject
                        {
                            ["seed"] = head.Seed,
                            ["directory"] = head.Directory,
                            ["metrics"] = head.Head.Config.Metrics,
                        }
                ),
            ]),
            ["validation"] = new JsonObject(
                Parts.Select(part =>
                    KeyValuePair.Create(
                        part.Key,
                        (JsonNode?)
                            new JsonObject(
                                part.Value.Select(stream => KeyValuePair.Create(stream, (JsonNode?)Spread(part.Key, stream)))
                                    .Append(KeyValuePair.Create("mean", (JsonNode?)Spread(part.Key, null)))
                            )
                    )
                )
            ),
        };

    private JsonObject Spread(string part, string? stream)
    {
        (double mean, double deviation) = Of(part, stream);
        return new JsonObject { ["mean"] = mean, ["sd"] = deviation };
    }
}
