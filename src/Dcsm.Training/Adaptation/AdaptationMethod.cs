using Dcsm.Clip.Models;

namespace Dcsm.Training.Adaptation;

/// <summary>
/// A way of teaching a CLIP hard negatives. Each has a folder of its own here, with what it trains and with what it leaves;
/// <see cref="AdaptationMethods"/> lists them, and nothing else knows which there are.
/// </summary>
public abstract class AdaptationMethod
{
    private protected AdaptationMethod() { }

    /// <summary>What it is called on a command line, and its folder: "lora".</summary>
    public abstract string Name { get; }

    /// <summary>The learning rate that was the best of a sweep.</summary>
    public abstract double LearningRate { get; }

    /// <summary>What it is called in the record of a run: "LowRank".</summary>
    internal abstract string RecordName { get; }

    /// <summary>Whether <see cref="AdaptationOptions.Rank"/> means something to it.</summary>
    internal virtual bool HasRank => false;

    /// <summary>What it is called in tables.</summary>
    /// <param name="options">Its settings.</param>
    public abstract string Title(AdaptationOptions options);

    /// <summary>Opens what a run of this method has left.</summary>
    /// <param name="directory">The run's folder.</param>
    /// <param name="clip">The CLIP that it was trained on; not owned.</param>
    /// <param name="options">How to open a changed CLIP, and on how many threads to score.</param>
    /// <exception cref="FileNotFoundException">The folder has no result of this method.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of another CLIP.</exception>
    public abstract AdaptedClip Open(string directory, ClipModel clip, ClipOptions options);

    /// <summary>Trains, and writes the result to the run's folder.</summary>
    /// <returns>
    /// How many numbers were trained; and the time that it took, where it is known better than by a clock around this call.
    /// </returns>
    internal abstract (long Parameters, double? Seconds) Train(AdaptationTask task);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
