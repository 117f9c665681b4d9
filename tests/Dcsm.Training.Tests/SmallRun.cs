using Dcsm.Data.Scenes;
using Dcsm.Training.Pretraining;

namespace Dcsm.Training.Tests;

/// <summary>A pre-training run small enough for a test.</summary>
internal static class SmallRun
{
    public static readonly ClipPretrainingOptions Options = new()
    {
        ImageSize = 48,
        PatchSize = 12,
        VisionWidth = 64,
        VisionLayers = 1,
        TextWidth = 32,
        TextLayers = 1,
        ProjectionDim = 32,
        BatchSize = 16,
        DenseBatchSize = 8,
        Steps = 6,
        WarmUpSteps = 2,
        EvaluateEvery = 1000,
        Seed = 5,
    };

    public static ObjectLibrary Library { get; } =
        ObjectLibrary.Load(
            Repository.Path("data", "objects"),
            ["apple", "banana", "car", "key", "star", "robot", "horse", "hat", "bus", "crown"]
        );

    public static ClipPretrainer Open(string directory, ClipPretrainingOptions? options = null) =>
        new(Library, ClipVocabulary.WordCounts(Library), directory, options ?? Options);
}
