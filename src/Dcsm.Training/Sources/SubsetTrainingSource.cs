using System.Text.Json.Nodes;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;

namespace Dcsm.Training.Sources;

/// <summary>The first samples of some of a source's streams; validation stays whole.</summary>
internal sealed class SubsetTrainingSource : IHeadTrainingSource, ISampleOrigin
{
    private readonly IHeadTrainingSource _source;
    private readonly int[] _streams;
    private readonly long? _samples;

    /// <summary>Takes a part of a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="samples">How many samples of each stream at most; null for all.</param>
    /// <param name="without">A stream that is left out; null for none.</param>
    /// <exception cref="ArgumentException">There is no such stream, or nothing is left.</exception>
    public SubsetTrainingSource(IHeadTrainingSource source, long? samples = null, string? without = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (samples is { } number)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, nameof(samples));
        if (without is not null && !source.Streams.Contains(without))
        {
            throw new ArgumentException(
                $"There is no stream '{without}' to leave out; there are {string.Join(", ", source.Streams)}.",
                nameof(without)
            );
        }

        _streams = [.. Enumerable.Range(0, source.Streams.Count).Where(stream => source.Streams[stream] != without)];
        if (_streams.Length == 0)
            throw new ArgumentException($"Without '{without}' no stream is left.", nameof(without));
        (_source, _samples) = (source, samples);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Streams => [.. _streams.Select(stream => _source.Streams[stream])];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => _source.Validation;

    /// <inheritdoc/>
    public IReadOnlyList<double>? Weights => _source.Weights is { } weights ? [.. _streams.Select(stream => weights[stream])] : null;

    /// <inheritdoc/>
    public long? Count(int stream) =>
        (_source.Count(_streams[stream]), _samples) switch
        {
            (null, var most) => most,
            ({ } all, null) => all,
            ({ } all, { } most) => Math.Min(all, most),
        };

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index) => _source.Read(_streams[stream], index);

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index) => _source.ReadGroup(_streams[stream], index);

    public JsonObject Describe()
    {
        JsonObject description = _source.Describe();
        description["subset"] = new JsonObject
        {
            ["samples"] = _samples,
            ["streams"] = new JsonArray([.. Streams.Select(stream => JsonValue.Create(stream))]),
        };
        return description;
    }

    (IHeadTrainingSource Source, int Stream, long Index) ISampleOrigin.Origin(int stream, long index) => (_source, _streams[stream], index);
}
