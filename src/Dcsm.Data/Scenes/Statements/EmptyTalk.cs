using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>
/// Captions that say nothing that could be true or false of a picture: "the a of", "very quickly because", and statements of things that
/// are nowhere: "a red blorg left of two trinks". A head learns from them that such a caption is neither.
/// </summary>
internal static class EmptyTalk
{
    private const string Words = """
        the of a an and is are very quickly idea seven because left right above below without no not red green blue yellow white
        black small big happiness tomorrow think reason under perhaps slowly we it they this then law economy truth history to
        with noise who why often never said asks better number language freedom xq lorem ipsum dolor sit amet zzt foo bar
        democracy music theory purple orange picture photo something thing
        """;

    private const int Nouns = 2000;
    private const ulong NounSeed = 0xB10C;
    private static readonly string[] Starts = ["b", "bl", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m"];
    private static readonly string[] Middles = ["a", "e", "i", "o", "u", "ai", "ea", "oo", "ou"];
    private static readonly string[] Ends =
    [
        "b",
        "ck",
        "d",
        "ft",
        "g",
        "l",
        "lk",
        "m",
        "n",
        "nd",
        "p",
        "r",
        "rt",
        "sh",
        "st",
        "t",
        "x",
        "",
    ];
    private static readonly Lazy<(string[] Words, StatementWriter Writer)> Vocabulary = new(MakeVocabulary);

    /// <summary>A caption: words in no order, or a statement of invented things.</summary>
    public static string Write(ref SceneRandom random)
    {
        (string[] words, StatementWriter writer) = Vocabulary.Value;
        if (random.NextBool())
            return writer.Write(Statement(ref random), StatementWordings.Trained, ref random);
        string[] drawn = new string[1 + random.NextInt(5)];
        for (int i = 0; i < drawn.Length; i++)
            drawn[i] = words[random.NextInt(words.Length)];
        return string.Join(' ', drawn);
    }

    private static Statement Statement(ref SceneRandom random)
    {
        var mentions = new List<Mention>();
        int count = 1 + random.NextInt(3);
        for (int i = 0; i < count; i++)
        {
            mentions.Add(
                new Mention(
                    random.NextInt(Nouns),
                    random.NextBool(0.3) ? random.NextInt(SceneColors.Count) : SceneColors.None,
                    random.NextBool(0.2) ? (ObjectSize)random.NextInt(2) : null,
                    IsAbsent: i == count - 1 && random.NextBool(0.3)
                )
            );
        }

        SpatialRelation? relation = count > 1 && random.NextBool() ? (SpatialRelation)random.NextInt(4) : null;
        return new Statement(StatementKind.Combined, mentions, relation);
    }

    private static (string[] Words, StatementWriter Writer) MakeVocabulary()
    {
        var random = new SceneRandom(NounSeed, 0, 0);
        string[] words = Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var nouns = new StatementNoun[Nouns];
        for (int i = 0; i < Nouns; i++)
        {
            string noun = i < words.Length ? words[i] : "";
            for (int syllable = i < words.Length ? 0 : 1 + random.NextInt(3); syllable > 0; syllable--)
                noun += Starts[random.NextInt(Starts.Length)] + Middles[random.NextInt(Middles.Length)] + Ends[random.NextInt(Ends.Length)];
            nouns[i] = new StatementNoun(noun, (NounForm)random.NextInt(3));
        }

        return (words, new StatementWriter(nouns, SceneColors.Names));
    }
}
