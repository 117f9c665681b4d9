using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dcsm.Training.Pretraining;

/// <summary>Where a pre-training run stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Symmetric cross-entropy of the pooled embeddings.</param>
/// <param name="DenseLoss">Symmetric cross-entropy of the dense scores.</param>
/// <param name="StepsPerSecond">Rate since the run was started or resumed.</param>
/// <param name="Evaluation">Figures, where this report carries an evaluation and the run is on scenes.</param>
public sealed record ClipPretrainingProgress(
    int Step,
    int Steps,
    double Loss,
    double DenseLoss,
    double StepsPerSecond,
    ClipPretrainingEvaluation? Evaluation
)
{
    /// <summary>What cosines are multiplied by: the reciprocal of the temperature of the paper.</summary>
    public double LogitScale { get; init; }

    /// <summary>The learning rate of the step.</summary>
    public double LearningRate { get; init; }

    /// <summary>Figures, where this report carries an evaluation and the run is on pictures with captions, some of them held out.</summary>
    public ClipPretrainingRetrieval? Retrieval { get; init; }

    /// <summary>As a line of the log.</summary>
    internal JsonObject ToJson(int batch)
    {
        var line = new JsonObject
        {
            ["step"] = Step,
            ["pictures"] = (long)Step * batch,
            ["loss"] = Loss,
            ["denseLoss"] = DenseLoss,
            ["logitScale"] = LogitScale,
            ["learningRate"] = LearningRate,
        };
        if (((object?)Evaluation ?? Retrieval) is { } figures)
            line["validation"] = JsonSerializer.SerializeToNode(figures, figures.GetType(), JsonSerializerOptions.Web);
        return line;
    }
}
