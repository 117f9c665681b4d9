using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.Head;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// The matching head of a BLIP (ITM): the logit of a match less that of none, of which <see cref="Calibration"/> makes the probability.
/// Probabilities themselves are 1 for many pairs, and would tie.
/// </summary>
public sealed class MatcherScorer : IScorer
{
    private readonly ImageTextMatcher _matcher;

    /// <param name="clip">The model; not owned.</param>
    /// <param name="name">What it is called in tables.</param>
    /// <exception cref="ArgumentException">The model has no such head.</exception>
    public MatcherScorer(ClipModel clip, string name = "ITM")
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentException.ThrowIfNullOrEmpty(name);
        _matcher = clip.Matcher ?? throw new ArgumentException($"{clip.Directory}: has no head that matches pairs.", nameof(clip));
        (Name, Encoder, TextTokens) = (name, new MatcherEncoder(clip, _matcher, name), clip.Config.Text.ContextLength);
        Clip = clip;
    }

    /// <summary>The model.</summary>
    public ClipModel Clip { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IEncoder Encoder { get; }

    /// <inheritdoc/>
    public int TextTokens { get; }

    /// <inheritdoc/>
    public ScoreCalibration? Calibration { get; } = new(1, 0);

    /// <inheritdoc/>
    public long CostOfPair => _matcher.CostOfPair(TextTokens);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Description =>
        new Dictionary<string, string>
        {
            ["method"] = "image-text matching head",
            ["clipFingerprint"] = Encoder.Fingerprint,
            ["textTokens"] = TextTokens.ToString(CultureInfo.InvariantCulture),
        };

    /// <inheritdoc/>
    public float[,] Score(ImageEncoding images, TextEncoding captions)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        float[] logits = _matcher.Logits(images.Tokens, captions.Texts);
        float[,] scores = new float[images.Tokens.Count, captions.Texts.Count];
        for (int i = 0; i < scores.GetLength(0); i++)
        {
            for (int c = 0; c < scores.GetLength(1); c++)
            {
                int at = 2 * ((i * scores.GetLength(1)) + c);
                scores[i, c] = logits[at + 1] - logits[at];
            }
        }

        return scores;
    }

    /// <inheritdoc/>
    /// <remarks>Captions of all items of a picture go through the network together.</remarks>
    public IReadOnlyList<float[,]> ScoreBlocks(ImageEncoding images, TextEncoding captions, IReadOnlyList<ScoreBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        return ScoreBlock.Score(
            blocks,
            pairs =>
            {
                float[] scores = new float[pairs.Length];
                foreach (IGrouping<int, int> image in Enumerable.Range(0, pairs.Length).GroupBy(p => pairs[p].Image))
                {
                    int[] places = [.. image],
                        asked = [.. places.Select(p => pairs[p].Caption).Distinct()];
                    float[] logits = _matcher.Logits(images.Slice(image.Key, 1).Tokens, [.. asked.Select(c => captions.Texts[c])]);
                    foreach (int p in places)
                    {
                        int at = 2 * Array.IndexOf(asked, pairs[p].Caption);
                        scores[p] = logits[at + 1] - logits[at];
                    }
                }

                return scores;
            }
        );
    }
}
