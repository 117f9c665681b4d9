using Dcsm.Training.Heads;

namespace Dcsm.Training.Samples;

/// <summary>A source whose samples are those of another one, so that their encodings may be shared.</summary>
internal interface ISampleOrigin
{
    /// <summary>Where a sample comes from.</summary>
    (IHeadTrainingSource Source, int Stream, long Index) Origin(int stream, long index);
}
