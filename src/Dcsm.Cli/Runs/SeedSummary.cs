using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.Reporting.Tables;
using Parts = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Cli.Runs;

/// <summary>The validations of heads of several seeds: mean and standard deviation (of a sample, n − 1).</summary>
internal sealed class SeedSummary(IReadOnlyList<(ulong Seed, string Directory, DcsmHead Head)> heads)
{
    private readonly Parts[] _validations = [.. heads.Select(head => Validation(head.Head))];

    public bool HasFigures => _validations[0].Count > 0;

    /// <summary>The validation that a head was saved with, by part and stream.</summary>
    public static Parts Validation(DcsmHead head) =>
        (head.Config.Metrics["validation"]?.Deserialize<Dictionary<string, Dictionary<string, double>>>() ?? []).ToDictionary(
            part => part.Key,
            part => (IReadOnlyDictionary<string, double>)part.Value
        );

    public static Table ToTable(string title, Parts validation, Func<string, string, string> cell, Func<string, string> mean)
    {
        // Parts of a mixture have streams of their own.
        string[] streams = [.. validation.Values.SelectMany(part => part.Keys).Distinct()];
        return new Table(
            title,
            [new("Validation"), .. streams.Select(stream => new TableColumn(stream, AlignRight: true)), new("mean", AlignRight: true)],
            [
                .. validation.Select(part => new TableRow([
                    part.Key.Replace('_', ' '),
                    .. streams.Select(stream => (TableCell)(part.Value.ContainsKey(stream) ? cell(part.Key, stream) : "–")),
                    mean(part.Key),
                ])),
            ],
            []
        );
    }

    public Table ToTable() =>
        ToTable(
            string.Create(CultureInfo.InvariantCulture, $"Right caption of two, percent; mean ± standard deviation of {heads.Count} seeds"),
            _validations[0],
            (part, stream) => Text(_validations.Select(validation => validation[part][stream])),
            part => Text(_validations.Select(validation => validation[part].Values.Average()))
        );

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
                            ["metrics"] = head.Head.Config.Metrics.DeepClone(),
                        }
                ),
            ]),
            ["validation"] = new JsonObject(
                _validations[0]
                    .Select(part =>
                        KeyValuePair.Create(
                            part.Key,
                            (JsonNode?)
                                new JsonObject(
                                    part.Value.Select(stream =>
                                            KeyValuePair.Create(
                                                stream.Key,
                                                (JsonNode?)Numbers(_validations.Select(validation => validation[part.Key][stream.Key]))
                                            )
                                        )
                                        .Append(
                                            KeyValuePair.Create(
                                                "mean",
                                                (JsonNode?)Numbers(_validations.Select(validation => validation[part.Key].Values.Average()))
                                            )
                                        )
                                )
                        )
                    )
            ),
        };

    private static JsonObject Numbers(IEnumerable<double> values)
    {
        (double mean, double deviation) = Spread(values);
        return new JsonObject { ["mean"] = mean, ["sd"] = deviation };
    }

    private static string Text(IEnumerable<double> values)
    {
        (double mean, double deviation) = Spread(values);
        return $"{NumberText.Percent(mean)} ± {NumberText.Percent(deviation)}";
    }

    private static (double Mean, double Deviation) Spread(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return (mean, Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }
}
