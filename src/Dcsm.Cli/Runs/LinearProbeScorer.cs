using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;
using Dcsm.Training.Adaptation;

namespace Dcsm.Cli.Runs;

/// <summary>A linear probe beside other scorers.</summary>
internal sealed class LinearProbeScorer(ClipModel clip, LinearProbe probe, string name) : IScorer
{
    public string Name => name;

    public IEncoder Encoder { get; } = new ClipEncoder(clip);

    public int TextTokens => 0;

    public IReadOnlyDictionary<string, string> Description =>
        new Dictionary<string, string> { ["method"] = "linear probe", ["clipFingerprint"] = clip.Fingerprint };

    public float[,] Score(ImageEncoding images, TextEncoding captions)
    {
        float[,] scores = new float[images.Pooled.Count, captions.Pooled.Count];
        for (int i = 0; i < images.Pooled.Count; i++)
        {
            for (int c = 0; c < captions.Pooled.Count; c++)
                scores[i, c] = probe.Score(images.Pooled[i], captions.Pooled[c]);
        }

        return scores;
    }
}
