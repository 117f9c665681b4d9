using System.Text.Json.Serialization;

namespace Dcsm.Training.Pretraining;

/// <summary>What <see cref="ClipPretrainer"/> trains, on what, and for how long. Defaults made data/clip-small.</summary>
public sealed record ClipPretrainingOptions
{
    /// <summary>Side of a picture in pixels.</summary>
    public int ImageSize { get; init; } = 96;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 12;

    /// <summary>Width of the vision transformer.</summary>
    public int VisionWidth { get; init; } = 128;

    /// <summary>Layers of the vision transformer.</summary>
    public int VisionLayers { get; init; } = 4;

    /// <summary>Width of the text transformer.</summary>
    public int TextWidth { get; init; } = 128;

    /// <summary>Layers of the text transformer.</summary>
    public int TextLayers { get; init; } = 2;

    /// <summary>Width of one attention head, in both transformers.</summary>
    public int HeadWidth { get; init; } = 32;

    /// <summary>Width of the joint space.</summary>
    public int ProjectionDim { get; init; } = 128;

    /// <summary>Text positions.</summary>
    public int ContextLength { get; init; } = 20;

    /// <summary>What pooled embeddings are trained by.</summary>
    // A run of before goes on: its description has no such word.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ClipPretrainingLoss Loss { get; init; }

    /// <summary>Pictures a step.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Pictures of a step that the dense term looks at; 0 switches it off.</summary>
    public int DenseBatchSize { get; init; } = 128;

    /// <summary>Weight of the dense term.</summary>
    public double DenseWeight { get; init; } = 1;

    /// <summary>Logit scale of the dense term.</summary>
    public double DenseScale { get; init; } = 20;

    /// <summary>Sharpness of the soft maximum over patches in the dense term (1/temperature of the log-mean-exp).</summary>
    public double DenseSharpness { get; init; } = 15;

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 4400;

    /// <summary>Share of the steps, at the start, on single objects only.</summary>
    public double SingleObjectShare { get; init; } = 0.2;

    /// <summary>Share of pictures with several objects after that.</summary>
    public double ManyObjectShare { get; init; } = 0.65;

    /// <summary>Peak learning rate (AdamW, betas 0.9 and 0.98).</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Peak learning rate of the transformers' matrices, which Muon steps; 0 leaves them to AdamW too.</summary>
    public double MatrixLearningRate { get; init; } = 3e-3;

    /// <summary>Steps of linear warm-up.</summary>
    public int WarmUpSteps { get; init; } = 150;

    /// <summary>Decoupled weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Largest norm of all gradients together.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>Seed of weights, pictures and captions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Steps between two evaluations.</summary>
    public int EvaluateEvery { get; init; } = 500;

    /// <summary>Time between two checkpoints.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);
}
