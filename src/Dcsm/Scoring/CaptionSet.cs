using System.Collections;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;

namespace Dcsm.Scoring;

/// <summary>
/// Captions that are encoded once, by <see cref="DcsmScorer.Encode"/>, to be scored with any number of pictures. Immutable, and safe to use
/// from several threads; of use for that scorer's head only.
/// </summary>
public sealed class CaptionSet : IReadOnlyList<string>
{
    private readonly string[] _captions;
    private readonly bool[] _areJudged;

    internal CaptionSet(DcsmHead head, IReadOnlyList<string> captions, TextEncoding encoding)
    {
        (Head, _captions, Encoding) = (head, [.. captions], encoding);
        _areJudged = [.. _captions.Select(caption => head.Config.WhyNotJudged(caption) is null)];
    }

    /// <summary>How many captions there are.</summary>
    public int Count => _captions.Length;

    /// <summary>A caption as it was given.</summary>
    /// <param name="index">Its number.</param>
    public string this[int index] => _captions[index];

    internal DcsmHead Head { get; }

    internal TextEncoding Encoding { get; }

    /// <summary>Whether a caption is longer than the head reads, and was cut.</summary>
    /// <param name="index">Its number.</param>
    public bool IsTruncated(int index) => Encoding.Texts[index].Truncated;

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_captions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Captions as a head reads them.</summary>
    internal static TextEncoding Encode(
        ClipModel clip,
        DcsmHead head,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken
    ) => clip.EncodeTexts(head.Config.Read(captions), head.Config.TextTokens, cancellationToken);

    /// <summary>All captions' scores of one picture.</summary>
    /// <param name="logits">[pictures, captions]</param>
    /// <param name="picture">Which.</param>
    internal CaptionScore[] Row(float[,] logits, int picture)
    {
        var scores = new CaptionScore[Count];
        for (int i = 0; i < scores.Length; i++)
            scores[i] = Score(i, logits[picture, i]);
        return scores;
    }

    internal CaptionScore Score(int index, float logit) =>
        new(_captions[index], logit, _areJudged[index] ? Head.Probability(logit) : null, IsTruncated(index));

    internal static string TruncationWarning(TokenizedText text)
    {
        string read = text.ReadText;
        return $"a caption is longer than the {text.Ids.Count} tokens that the head reads (start and end included) and is cut after "
            + $"'{read}'; not read: '{text.Text[read.Length..].Trim()}'";
    }
}
