using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;
using Dcsm.Training.Adaptation;

namespace Dcsm.Cli.Runs;

/// <summary>What an adaptation left, beside other scorers.</summary>
internal sealed class AdaptedClipScorer(AdaptedClip adapted, string name) : IScorer
{
    public string Name => name;

    public IEncoder Encoder { get; } = new ClipEncoder(adapted.Clip);

    public int TextTokens => adapted.TextTokens;

    public IReadOnlyDictionary<string, string> Description =>
        new Dictionary<string, string> { ["method"] = name, ["clipFingerprint"] = adapted.Clip.Fingerprint };

    public float[,] Score(ImageEncoding images, TextEncoding captions) =>
        ScoreBlocks(images, captions, [new ScoreBlock(0, images.Pooled.Count, 0, captions.Pooled.Count)])[0];

    public IReadOnlyList<float[,]> ScoreBlocks(ImageEncoding images, TextEncoding captions, IReadOnlyList<ScoreBlock> blocks) =>
        ScoreBlock.Score(blocks, pairs => adapted.Score(images, captions, pairs));
}
