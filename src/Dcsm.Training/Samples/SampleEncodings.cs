using System.Collections.Concurrent;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Samples;

/// <summary>Encodings of samples that several trainings on one CLIP share. Safe to use from several threads.</summary>
/// <param name="textTokens">Text tokens of their captions.</param>
internal sealed class SampleEncodings(int textTokens)
{
    private readonly ConcurrentDictionary<(IHeadTrainingSource Source, int Stream, long Index), SampleEncoding> _known = new();

    public int TextTokens { get; } = textTokens;

    public int Count => _known.Count;

    public SampleEncoding? Find(IHeadTrainingSource source, int stream, long index) =>
        _known.TryGetValue(Origin(source, stream, index), out SampleEncoding? known) ? known : null;

    public void Add(IHeadTrainingSource source, int stream, long index, SampleEncoding encoding) =>
        _known[Origin(source, stream, index)] = encoding;

    private static (IHeadTrainingSource, int, long) Origin(IHeadTrainingSource source, int stream, long index)
    {
        while (source is ISampleOrigin part)
            (source, stream, index) = part.Origin(stream, index);
        return (source, stream, index);
    }
}
