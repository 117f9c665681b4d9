using System.Text.Json.Nodes;

namespace Dcsm.Training.Heads;

/// <summary>
/// Where the samples of a head's training come from. A source may have several streams, of which every step takes equally many samples.
/// </summary>
public interface IHeadTrainingSource
{
    /// <summary>Names of the streams, such as "color" and "spatial".</summary>
    IReadOnlyList<string> Streams { get; }

    /// <summary>What training is checked on; named sources, with streams of their own. May be empty.</summary>
    IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; }

    /// <summary>
    /// Shares of the streams in the loss, as many as there are streams, each above 0; only their ratios count. Null: equal shares.
    /// </summary>
    IReadOnlyList<double>? Weights => null;

    /// <summary>How many samples a stream has; null where it never ends.</summary>
    /// <param name="stream">The place of the stream in <see cref="Streams"/>.</param>
    long? Count(int stream);

    /// <summary>
    /// Makes or reads a sample. It depends on the arguments alone, and is called by several threads at once.
    /// </summary>
    /// <param name="stream">The place of the stream in <see cref="Streams"/>.</param>
    /// <param name="index">The number of the sample, from 0.</param>
    HeadTrainingSample Read(int stream, long index);

    /// <summary>
    /// Makes or reads pictures and captions of which it is known what is true of what, for <see cref="HeadLoss.Statements"/>; those of
    /// <see cref="Read"/>, unless the source knows more. As <see cref="Read"/>, it depends on the arguments alone.
    /// </summary>
    /// <param name="stream">The place of the stream in <see cref="Streams"/>.</param>
    /// <param name="index">The number of the group, from 0.</param>
    HeadTrainingGroup ReadGroup(int stream, long index) => HeadTrainingGroup.Of(Read(stream, index), Streams[stream]);

    /// <summary>What the source is, for the record that is kept with the head: everything that decides what it gives.</summary>
    JsonObject Describe();
}
