using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;

namespace Dcsm.Evaluation.Classification;

/// <summary>A DCSM head as a classifier: a label's score is the mean of the scores of its prompts.</summary>
public sealed class HeadClassifier : IPictureClassifier
{
    private readonly DcsmHeadScorer _head;
    private readonly TextEncoding _prompts;
    private readonly int[] _owners;

    /// <param name="head">The head.</param>
    /// <param name="classes">The labels.</param>
    /// <param name="templates">What they are asked with.</param>
    public HeadClassifier(DcsmHeadScorer head, IReadOnlyList<PictureClass> classes, PromptTemplates templates)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(templates);
        (string Text, int Owner)[] prompts = [.. classes.SelectMany((own, c) => templates.Fill(own).Select(text => (text, c)))];
        _head = head;
        _prompts = head.Encoder.EncodeTexts(head.Read([.. prompts.Select(prompt => prompt.Text)]), head.TextTokens);
        _owners = [.. prompts.Select(prompt => prompt.Owner)];
        Classes = [.. classes.Select(own => own.Name)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public PictureFeatures Features => PictureFeatures.Tokens;

    /// <summary>Makes probabilities of scores; null where the head has none.</summary>
    public ScoreCalibration? Calibration => _head.Calibration;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<float> picture, Span<float> scores)
    {
        int dimension = _prompts.Tokens.Dimension;
        var tokens = new TokenEmbeddings(picture.ToArray(), 1, picture.Length / dimension, dimension);
        float[,] all = _head.Score(
            new ImageEncoding(tokens, new TokenEmbeddings(picture[..dimension].ToArray(), 1, 1, dimension)),
            _prompts
        );
        double[] sums = new double[Classes.Count],
            counts = new double[Classes.Count];
        for (int p = 0; p < _owners.Length; p++)
        {
            sums[_owners[p]] += all[0, p];
            counts[_owners[p]]++;
        }

        for (int c = 0; c < sums.Length; c++)
            scores[c] = (float)(sums[c] / counts[c]);
    }
}
