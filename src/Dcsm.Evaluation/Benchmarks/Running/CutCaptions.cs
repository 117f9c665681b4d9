using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Captions of a benchmark that are longer than a scorer reads.</summary>
/// <param name="Scorer">The scorer's name.</param>
/// <param name="Tokens">Tokens that it reads of a caption, start and end included.</param>
/// <param name="Captions">All captions, options of questions each by itself.</param>
/// <param name="Cut">Those of them that are cut.</param>
/// <param name="Questions">Questions with such a caption among their options; 0 for retrieval.</param>
/// <param name="Alike">Questions in which two options are the same once they are cut: a tie. 0 for retrieval.</param>
public sealed record CutCaptions(string Scorer, int Tokens, int Captions, int Cut, int Questions, int Alike)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string cut = $"{NumberText.Count(Cut)} of {NumberText.Count(Captions)} captions are cut";
        string where = $", in {NumberText.Count(Questions)} question{(Questions == 1 ? "" : "s")}";
        string alike = $"; in {NumberText.Count(Alike)} of these two options are the same then, a tie, which counts as wrong";
        return $"{Scorer} reads {NumberText.Count(Tokens)} tokens of a caption: {cut}{(Questions == 0 ? "" : where + alike)}.";
    }

    /// <summary>Counts them, for each scorer of which that is known.</summary>
    /// <param name="scorers">The scorers.</param>
    /// <param name="questions">The options of each question.</param>
    /// <param name="wording">What a scorer reads instead of captions.</param>
    internal static IReadOnlyList<CutCaptions> Of(
        IReadOnlyList<IScorer> scorers,
        IEnumerable<IReadOnlyList<string>> questions,
        Func<IScorer, IReadOnlyList<string>, IReadOnlyList<string>> wording
    ) => [.. scorers.Select(scorer => Of(scorer, questions, wording)).OfType<CutCaptions>().Where(found => found.Cut > 0)];

    private static CutCaptions? Of(
        IScorer scorer,
        IEnumerable<IReadOnlyList<string>> questions,
        Func<IScorer, IReadOnlyList<string>, IReadOnlyList<string>> wording
    )
    {
        int tokens = scorer.TextTokens > 0 ? scorer.TextTokens : scorer.Encoder.ContextLength;
        // What is left of each caption that is cut; null of the others.
        var left = new Dictionary<string, string?>(StringComparer.Ordinal);
        (int captions, int cut, int concerned, int alike) = (0, 0, 0, 0);
        foreach (IReadOnlyList<string> question in questions)
        {
            IReadOnlyList<string> options = scorer.Read(wording(scorer, question));
            foreach (string text in options)
            {
                if (left.ContainsKey(text))
                    continue;
                if (scorer.Encoder.Tokenize(text, tokens) is not { } read)
                    return null;
                left.Add(text, read.Truncated ? string.Join(' ', read.Ids) : null);
            }

            string[] cuts = [.. options.Select(text => left[text]).OfType<string>()];
            captions += options.Count;
            cut += cuts.Length;
            if (options.Count == 1 || cuts.Length == 0)
                continue;
            concerned++;
            if (cuts.Distinct(StringComparer.Ordinal).Count() < cuts.Length)
                alike++;
        }

        return new CutCaptions(scorer.Name, tokens, captions, cut, concerned, alike);
    }
}
