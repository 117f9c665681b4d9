using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>Writes statements as people do: "an orange apple", "scissors", "a dog but no cat".</summary>
/// <remarks>The wording is drawn without a look at what is said, so that it never tells whether that is true.</remarks>
/// <param name="nouns">What <see cref="Mention.Object"/> stands for.</param>
/// <param name="colors">What <see cref="Mention.Color"/> stands for.</param>
internal sealed class StatementWriter(IReadOnlyList<StatementNoun> nouns, IReadOnlyList<string> colors)
{
    private const string Clause = " that ";

    private static readonly Phrases Trained = new(
        Openings: ["", "", "", "a picture of ", "an image of ", "a photo of ", "there {be} ", "a scene with "],
        Articles: ["a", "a", "a", "a", "the", ""],
        Joints: [" and ", " and ", " and ", ", ", " with "],
        Small: ["small {n}"],
        Big: ["big {n}"],
        Relations:
        [
            ["above"],
            ["below"],
            ["left of", "to the left of"],
            ["right of", "to the right of"],
        ],
        Copula: 0.2,
        Without: [" but no {n}", " without {a}", " and no {n}", " and not {a}", " but not {a}"],
        Absent: ["no {n}", "there {be} no {n}", "there {be} not {a}", "a picture without {a}", "an image with no {n}", "{a} {be} absent"],
        Colored: ["{c} {n}"]
    );

    private static readonly Phrases Other = new(
        Openings: ["", "a photograph of ", "here {be} ", "we see ", "this picture shows ", "a snapshot of "],
        Articles: ["a", "a", "the", "one"],
        Joints: [" together with ", " along with ", " as well as ", " plus "],
        Small: ["tiny {n}", "little {n}", "little {n}", "{n} that {be} tiny"],
        Big: ["large {n}", "huge {n}", "huge {n}", "{n} that {be} large"],
        Relations:
        [
            ["over", "on top of", "atop", "higher than"],
            ["under", "underneath", "beneath", "lower than"],
            ["on the left of", "on the left side of", "at the left of"],
            ["on the right of", "on the right side of", "at the right of"],
        ],
        Copula: 0.5,
        Without: [" with no {n}", " but without {a}", " lacking {a}", " without any {n}"],
        Absent: ["there {be}n't {a}", "a photograph lacking {a}", "a snapshot with no {n}", "we see no {n}", "{a} {be} missing"],
        Colored: ["{c} {n}", "{c} {n}", "{c} colored {n}", "{n} that {be} {c}"]
    );

    /// <summary>Writes a statement in a wording drawn at random.</summary>
    public string Write(Statement statement, StatementWordings wordings, ref SceneRandom random)
    {
        Phrases phrases = wordings == StatementWordings.Trained ? Trained : Other;
        Mention[] shown = [.. statement.Mentions.Where(mention => !mention.IsAbsent)];
        Mention? absent = statement.Mentions.FirstOrDefault(mention => mention.IsAbsent);
        if (shown.Length == 0)
            return Fill(Pick(phrases.Absent, ref random), absent!, "a");

        string opening = Pick(phrases.Openings, ref random),
            article = Pick(phrases.Articles, ref random),
            joint = Pick(phrases.Joints, ref random);
        string text = Fill(opening, shown[0], article) + Noun(shown[0], article, phrases, ref random);
        for (int i = 1; i < shown.Length; i++)
        {
            string link =
                i > 1 || statement.Relation is not { } relation
                    ? joint
                    : " "
                        + (opening.Length == 0 && random.NextBool(phrases.Copula) ? Be(shown[0]) + " " : "")
                        + Pick(phrases.Relations[(int)relation], ref random)
                        + " ";
            text += link + Noun(shown[i], article, phrases, ref random);
        }

        return absent is null ? text : text + Fill(Pick(phrases.Without, ref random), absent, "a");
    }

    private string Noun(Mention mention, string article, Phrases phrases, ref SceneRandom random)
    {
        string noun = nouns[mention.Object].Name;
        if (mention.Color != SceneColors.None)
        {
            string color = Pick(phrases.Colored, ref random).Replace("{c}", colors[mention.Color], StringComparison.Ordinal);
            noun = Of(color, noun, mention);
        }

        if (mention.Size is { } size)
        {
            IReadOnlyList<string> sizes = size == ObjectSize.Small ? phrases.Small : phrases.Big;
            string picked = Pick(sizes, ref random);
            // One clause is enough.
            noun = Of(noun.Contains(Clause, StringComparison.Ordinal) ? sizes[0] : picked, noun, mention);
        }
        return WithArticle(noun, article, mention);
    }

    private string Of(string phrase, string noun, Mention mention) =>
        phrase.Replace("{be}", Be(mention), StringComparison.Ordinal).Replace("{n}", noun, StringComparison.Ordinal);

    private string WithArticle(string noun, string article, Mention mention) =>
        article.Length == 0 ? noun
        : article == "the" ? "the " + noun
        : nouns[mention.Object].Form != NounForm.Countable ? noun
        : article == "a" && TakesAn(noun) ? "an " + noun
        : article + " " + noun;

    private string Fill(string phrase, Mention mention, string article)
    {
        string noun = nouns[mention.Object].Name;
        return Of(phrase, noun, mention)
            .Replace("{a}", WithArticle(noun, article.Length == 0 ? "a" : article, mention), StringComparison.Ordinal);
    }

    private string Be(Mention mention) => nouns[mention.Object].Form == NounForm.Plural ? "are" : "is";

    private static bool TakesAn(string noun) =>
        noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' || noun.StartsWith("hour", StringComparison.Ordinal);

    private static string Pick(IReadOnlyList<string> phrases, ref SceneRandom random) => phrases[random.NextInt(phrases.Count)];

    private sealed record Phrases(
        IReadOnlyList<string> Openings,
        IReadOnlyList<string> Articles,
        IReadOnlyList<string> Joints,
        IReadOnlyList<string> Small,
        IReadOnlyList<string> Big,
        IReadOnlyList<IReadOnlyList<string>> Relations,
        double Copula,
        IReadOnlyList<string> Without,
        IReadOnlyList<string> Absent,
        IReadOnlyList<string> Colored
    );
}
