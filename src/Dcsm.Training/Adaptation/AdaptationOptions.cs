using System.Text.Json.Nodes;

namespace Dcsm.Training.Adaptation;

/// <summary>What every method of an adaptation gets alike.</summary>
public sealed record AdaptationOptions
{
    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Samples of each stream in a step, each of two images and two captions.</summary>
    public int SamplesPerStream { get; init; } = 16;

    /// <summary>Training samples of each stream.</summary>
    public int Samples { get; init; } = 2000;

    /// <summary>Peak learning rate of Adam; 0 for the method's own, which was the best of a sweep.</summary>
    public double LearningRate { get; init; }

    /// <summary>Rank of low-rank updates; their α is twice as much.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Seed of order, wording and new weights.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The learning rate of a method: the one that is set, or the method's own.</summary>
    public double LearningRateOf(AdaptationMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return LearningRate > 0 ? LearningRate : method.LearningRate;
    }

    /// <summary>Everything that decides what a method ends with, for the record.</summary>
    internal JsonObject Describe(AdaptationMethod method) =>
        new()
        {
            ["method"] = method.RecordName,
            ["steps"] = Steps,
            ["samplesPerStream"] = SamplesPerStream,
            ["samples"] = Samples,
            ["learningRate"] = LearningRateOf(method),
            ["rank"] = method.HasRank ? Rank : null,
            ["seed"] = Seed,
        };

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Steps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SamplesPerStream);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Rank);
        ArgumentOutOfRangeException.ThrowIfNegative(LearningRate);
    }
}
