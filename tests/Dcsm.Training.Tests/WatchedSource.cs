using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Tests;

/// <summary>A source as it is, or cut to its first samples, that counts what is read of it.</summary>
internal sealed class WatchedSource(IHeadTrainingSource source, long? count = null) : IHeadTrainingSource
{
    public ConcurrentDictionary<(int Stream, long Index), int> Reads { get; } = new();

    public Func<HeadTrainingSample, HeadTrainingSample> Change { get; init; } = sample => sample;

    public IReadOnlyList<string> Streams => source.Streams;

    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => source.Validation;

    public long? Count(int stream) => count ?? source.Count(stream);

    public HeadTrainingSample Read(int stream, long index)
    {
        Reads.AddOrUpdate((stream, index), 1, (_, reads) => reads + 1);
        return Change(source.Read(stream, index));
    }

    public JsonObject Describe() => source.Describe();
}
