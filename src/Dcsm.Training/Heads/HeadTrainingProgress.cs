using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Collections;

namespace Dcsm.Training.Heads;

/// <summary>Where the training of a head stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Epoch">Epochs done; see <see cref="HeadTrainingOptions.Epochs"/>.</param>
/// <param name="Fraction">How much of the run is over, 0 … 1; by steps or by time, whichever limit comes first.</param>
/// <param name="Loss">Mean loss since the last report; NaN before the first step.</param>
/// <param name="Accuracy">
/// Share of pictures, since the last report, whose own caption scored higher than the negative one; NaN before the first step.
/// </param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="SamplesPerSecond">Samples trained on a second since the run was started or resumed, encoding included.</param>
/// <param name="Encoded">Samples encoded since the run was started or resumed.</param>
/// <param name="Elapsed">Time spent on the run, before interruptions included.</param>
/// <param name="Validation">Per validation source and stream the accuracy, where this report carries one.</param>
/// <param name="Best">Whether that validation is the best so far.</param>
public sealed record HeadTrainingProgress(
    int Step,
    int Steps,
    double Epoch,
    double Fraction,
    double Loss,
    double Accuracy,
    double LearningRate,
    double SamplesPerSecond,
    long Encoded,
    TimeSpan Elapsed,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Validation,
    bool Best = false
)
{
    /// <summary>Per validation source and stream the accuracy, where this report carries one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>>? Validation
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Validation);

    internal static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> NoValidation =
        new Dictionary<string, IReadOnlyDictionary<string, double>>();

    /// <summary>As a line of the log.</summary>
    internal JsonObject ToJson()
    {
        var line = new JsonObject
        {
            ["step"] = Step,
            ["epoch"] = Math.Round(Epoch, 4),
            ["loss"] = Loss,
            ["accuracy"] = Accuracy,
            ["learningRate"] = LearningRate,
            ["samplesPerSecond"] = Math.Round(SamplesPerSecond, 1),
            ["encoded"] = Encoded,
            ["seconds"] = Math.Round(Elapsed.TotalSeconds, 2),
        };
        if (Validation is { } validation)
        {
            line["validation"] = JsonSerializer.SerializeToNode(validation);
            line["best"] = Best;
        }

        return line;
    }
}
