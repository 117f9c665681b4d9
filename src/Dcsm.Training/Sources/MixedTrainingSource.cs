using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// Several sources in one run. Every step takes equally many samples of every stream of every source, and the weights decide the
/// streams' shares of the loss: a source that is weighted twice as high counts twice as much, however many streams it has.
/// </summary>
public sealed class MixedTrainingSource : IHeadTrainingSource
{
    private readonly TrainingPart[] _parts;
    private readonly (int Part, int Stream)[] _places;

    /// <summary>Mixes sources.</summary>
    /// <param name="parts">The sources, at least one.</param>
    /// <exception cref="ArgumentException">
    /// A name occurs twice, a weight is not above 0, or a stream of that name does not exist.
    /// </exception>
    public MixedTrainingSource(IReadOnlyList<TrainingPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Count == 0)
            throw new ArgumentException("A mixture takes one source at least.", nameof(parts));
        _parts = [.. parts];
        foreach (TrainingPart part in _parts)
            Check(part);
        if (_parts.GroupBy(part => part.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Two sources are called '{twice.Key}'.", nameof(parts));

        _places = [.. _parts.SelectMany((part, p) => part.Source.Streams.Select((_, stream) => (p, stream)))];
        Streams = [.. _places.Select(place => $"{_parts[place.Part].Name}/{_parts[place.Part].Source.Streams[place.Stream]}")];
        Weights = [.. _parts.SelectMany(Shares)];
        Validation = _parts
            .SelectMany(part => part.Source.Validation.Select(validation => (Name: $"{part.Name}/{validation.Key}", validation.Value)))
            .ToDictionary(validation => validation.Name, validation => validation.Value);
    }

    /// <summary>
    /// Mixes sources that count as their numbers of samples, so that each sample counts the same, where nothing else is said: those without
    /// a weight that have an end divide 1 among themselves by their numbers of samples, and those without end divide 1 evenly.
    /// </summary>
    /// <param name="parts">The sources, at least one; the weight is null where nothing is said.</param>
    /// <exception cref="ArgumentException">A name occurs twice, or a weight is not above 0.</exception>
    public static MixedTrainingSource BySamples(IReadOnlyList<(string Name, IHeadTrainingSource Source, double? Weight)> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        double?[] samples = [.. parts.Select(part => part.Weight is null ? Samples(part.Source) : null)];
        double all = samples.Sum() ?? 0;
        int endless = parts.Where((part, i) => part.Weight is null && samples[i] is null).Count();
        return new MixedTrainingSource([
            .. parts.Select((part, i) => new TrainingPart(part.Name, part.Source, part.Weight ?? samples[i] / all ?? 1.0 / endless)),
        ]);
    }

    /// <summary>The streams of all sources, as "source/stream".</summary>
    public IReadOnlyList<string> Streams { get; }

    /// <summary>The share of each stream in the loss.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>The validations of all sources, as "source/part", each with that source's own streams.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; }

    /// <inheritdoc/>
    public long? Count(int stream) => _parts[_places[stream].Part].Source.Count(_places[stream].Stream);

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index) => _parts[_places[stream].Part].Source.Read(_places[stream].Stream, index);

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index) =>
        _parts[_places[stream].Part].Source.ReadGroup(_places[stream].Stream, index);

    /// <inheritdoc/>
    public JsonObject Describe() =>
        new()
        {
            ["source"] = "mixed",
            ["parts"] = new JsonArray([
                .. _parts.Select(part => new JsonObject
                {
                    ["name"] = part.Name,
                    ["weight"] = part.Weight,
                    ["data"] = part.Source.Describe(),
                }),
            ]),
            ["weights"] = new JsonObject(Streams.Select((stream, i) => KeyValuePair.Create(stream, (JsonNode?)Weights[i]))),
        };

    private static double? Samples(IHeadTrainingSource source)
    {
        double sum = 0;
        for (int stream = 0; stream < source.Streams.Count; stream++)
        {
            if (source.Count(stream) is not { } count)
                return null;
            sum += count;
        }

        return sum;
    }

    private static IEnumerable<double> Shares(TrainingPart part)
    {
        double[] own =
        [
            .. part.Source.Streams.Select(
                (stream, i) =>
                    (part.StreamWeights?.TryGetValue(stream, out double weight) == true ? weight : 1) * (part.Source.Weights?[i] ?? 1)
            ),
        ];
        double sum = own.Sum();
        return own.Select(weight => part.Weight * weight / sum);
    }

    private static void Check(TrainingPart part)
    {
        if (!(part.Weight > 0) || !double.IsFinite(part.Weight))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The weight of '{part.Name}' is {part.Weight}; a weight is above 0.")
            );
        }

        foreach ((string stream, double weight) in part.StreamWeights ?? new Dictionary<string, double>())
        {
            if (!part.Source.Streams.Contains(stream))
                throw new ArgumentException($"'{part.Name}' has no stream '{stream}'; it has {string.Join(", ", part.Source.Streams)}.");
            if (!(weight > 0) || !double.IsFinite(weight))
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"The weight of '{part.Name}/{stream}' is {weight}; a weight is above 0.")
                );
            }
        }
    }
}
