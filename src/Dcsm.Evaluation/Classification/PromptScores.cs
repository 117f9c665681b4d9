using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Digests;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Classification;

/// <summary>
/// A scorer of pairs, such as a DCSM head or a BLIP's matching head, as a classifier: each picture is scored with each prompt of the labels
/// once, and a label's score is the mean over its prompts, of one template or of all. Thread-safe where the scorer is.
/// </summary>
/// <remarks>
/// The mean is that of the scores, unless a score is itself the logit of a probability (<see cref="IScorer.Calibration"/> is 1 and 0, as
/// ITM's is): then it is that of the probabilities, told as its logit, which orders labels alike and does not tie where it is nearly 1.
/// </remarks>
public sealed class PromptScores
{
    // The pooled embeddings alone are looked at, so any number of dense tokens will do.
    private const int FewTokens = 2;

    // Between so many pairs that each go through a network, the work can be stopped.
    private const int Batch = 32;

    private readonly TextEncoding _prompts;
    private readonly int[] _places;

    /// <param name="scorer">The scorer.</param>
    /// <param name="classes">The labels.</param>
    /// <param name="templates">What they are asked with.</param>
    public PromptScores(IScorer scorer, IReadOnlyList<PictureClass> classes, PromptTemplates templates)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(templates);
        IReadOnlyList<ClassPrompt> prompts = templates.Prompts(classes);
        IReadOnlyList<string> texts = scorer.Read([.. prompts.Select(prompt => prompt.Text)]);
        TextEncoding encoded = scorer.Encoder.EncodeTexts(texts, scorer.TextTokens > 0 ? scorer.TextTokens : FewTokens);
        _places = [.. Enumerable.Range(0, texts.Count)];
        // What goes through a network together is as long as the longest of it.
        if (scorer.CostOfPair > 0)
            _places = [.. _places.OrderBy(p => encoded.Texts[p].Length)];
        (Scorer, _prompts) = (scorer, encoded);
        Identity = Sha256Digest.Of(ResultJson.Line(new { scorer.Description, texts }));
        string[] names = [.. classes.Select(own => own.Name)];
        bool areLogits = scorer.Calibration is { Temperature: 1, Bias: 0 };
        IPictureClassifier Of(IEnumerable<ClassPrompt> some) => new Means(names, [.. some], areLogits);
        Ensemble = Of(prompts);
        Single =
            templates.Shared.Count < 2
                ? []
                : [.. templates.Shared.Select((template, t) => (template, Of(prompts.Where(prompt => prompt.Template == t))))];
    }

    /// <summary>The scorer.</summary>
    public IScorer Scorer { get; }

    /// <summary>How many prompts there are.</summary>
    public int Count => _places.Length;

    /// <summary>Identity of the scorer and of all prompts; caches are told apart by it.</summary>
    public string Identity { get; }

    /// <summary>Reads <see cref="Of"/>, all templates together.</summary>
    public IPictureClassifier Ensemble { get; }

    /// <summary>The same of each of the shared templates, in order, where there are several.</summary>
    public IReadOnlyList<(string Template, IPictureClassifier Classifier)> Single { get; }

    /// <summary>Scores a picture with every prompt.</summary>
    /// <param name="images">Embeddings of the scorer's encoder.</param>
    /// <param name="image">Which of them.</param>
    /// <param name="cancellationToken">Stops between batches of pairs.</param>
    /// <returns>[prompts]</returns>
    public float[] Of(ImageEncoding images, int image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ImageEncoding one = Encodings.Slice(images, image, 1);
        float[] scores = new float[Count];
        if (Scorer.CostOfPair == 0)
        {
            float[,] all = Scorer.Score(one, _prompts);
            for (int p = 0; p < Count; p++)
                scores[p] = all[0, p];
            return scores;
        }

        foreach (int[] batch in _places.Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<float[,]> some = Scorer.ScoreBlocks(one, _prompts, [.. batch.Select(p => new ScoreBlock(0, 1, p, 1))]);
            for (int i = 0; i < batch.Length; i++)
                scores[batch[i]] = some[i][0, 0];
        }

        return scores;
    }

    private sealed class Means(IReadOnlyList<string> classes, ClassPrompt[] prompts, bool areLogits) : IPictureClassifier
    {
        // Beyond it a probability is 0 or 1 in double, too.
        private const double MostLogit = 700;

        private readonly int[][] _own =
        [
            .. classes.Select((_, c) => (int[])[.. prompts.Where(prompt => prompt.Class == c).Select(prompt => prompt.Place)]),
        ];

        public IReadOnlyList<string> Classes => classes;

        public PictureFeatures Features => PictureFeatures.Prompts;

        public void Score(ReadOnlySpan<float> picture, Span<float> scores)
        {
            for (int c = 0; c < _own.Length; c++)
            {
                double[] own = new double[_own[c].Length];
                for (int p = 0; p < own.Length; p++)
                    own[p] = picture[_own[c][p]];
                scores[c] = (float)(areLogits && own.Length > 1 ? LogitOfMean(own) : own.Average());
            }
        }

        private static double LogitOfMean(double[] logits)
        {
            double yes = 0,
                no = 0;
            foreach (double logit in logits)
            {
                double e = Math.Exp(Math.Clamp(logit, -MostLogit, MostLogit));
                yes += e / (1 + e);
                no += 1 / (1 + e);
            }

            return Math.Log(yes / no);
        }
    }
}
