using System.Text.Json.Nodes;
using Dcsm.Head;
using Counts = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, long>>;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>What a head is trained for: which samples a step takes, its loss, and how what is held out is judged.</summary>
internal abstract class HeadObjective : IDisposable
{
    /// <summary>Waits until the samples of a step are encoded, and has the next ones begun.</summary>
    /// <param name="step">The step.</param>
    /// <param name="waiting">Called several times a second meanwhile.</param>
    public abstract void Prepare(int step, Action waiting);

    /// <summary>Takes a step that is prepared.</summary>
    public abstract (double Loss, double Accuracy) Run(int step, double learningRate);

    /// <summary>Per held-out part and stream the share that is judged right.</summary>
    public abstract Figures Validate(CancellationToken cancellationToken);

    /// <summary>How many comparisons each figure of the last validation is of.</summary>
    public Counts Counted { get; protected set; } = new Dictionary<string, IReadOnlyDictionary<string, long>>();

    /// <summary>
    /// From scores to probabilities, fitted on what is held out; null where nothing is, or the loss has no absolute term.
    /// </summary>
    /// <param name="metrics">Told how good it is.</param>
    /// <param name="cancellationToken">Stops encoding.</param>
    public virtual ScoreCalibration? Calibrate(JsonObject metrics, CancellationToken cancellationToken) => null;

    public abstract void Dispose();
}
