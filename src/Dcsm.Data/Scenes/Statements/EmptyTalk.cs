using System.Collections.Concurrent;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>
/// Captions that say nothing that could be true or false of a picture: "the a of", "very quickly because", and statements of things that
/// are nowhere: "a red blorg left of two trinks". A head learns from them that such a caption is neither.
/// </summary>
internal static class EmptyTalk
{
    private const string TrainedWords = """
        the of a an and is are very quickly idea seven because left right above below without no not red green blue yellow white
        black small big happiness tomorrow think reason under perhaps slowly we it they this then law economy truth history to
        with noise who why often never said asks better number language freedom xq lorem ipsum dolor sit amet zzt foo bar
        democracy music theory purple orange picture photo something thing
        """;

    private const string OtherWords = """
        the of a if whether always beyond justice wisdom eleven since quietly you he argument memory philosophy hope was were
        qwerty blah hmm opinion science yesterday soon rather
        """;

    private const int Nouns = 2000;
    private const ulong NounSeed = 0xB10C;
    private static readonly string[] Starts = ["b", "bl", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kl", "l", "m"];
    private static readonly string[] OtherStarts = ["n", "p", "pl", "qu", "r", "s", "sk", "sn", "str", "t", "tr", "v", "w", "z", ""];
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
    private static readonly ConcurrentDictionary<StatementWordings, (string[] Words, StatementWriter Writer)> Vocabularies = [];

    /// <summary>A caption: words in no order, or a statement of invented things.</summary>
    public static string Write(StatementWordings wordings, ref SceneRandom random)
    {
        (string[] words, StatementWriter writer) = Vocabularies.GetOrAdd(wordings, Vocabulary);
        if (random.NextBool())
            return writer.Write(Statement(ref random), wordings, ref random);
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

    private static (string[] Words, StatementWriter Writer) Vocabulary(StatementWordings wordings)
    {
        bool trained = wordings == StatementWordings.Trained;
        var random = new SceneRandom(NounSeed, (ulong)wordings, 0);
        string[] words = (trained ? TrainedWords : OtherWords).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            starts = trained ? Starts : OtherStarts;
        var nouns = new StatementNoun[Nouns];
        for (int i = 0; i < Nouns; i++)
        {
            string noun = i < words.Length ? words[i] : "";
            for (int syllable = i < words.Length ? 0 : 1 + random.NextInt(3); syllable > 0; syllable--)
                noun += starts[random.NextInt(starts.Length)] + Middles[random.NextInt(Middles.Length)] + Ends[random.NextInt(Ends.Length)];
            nouns[i] = new StatementNoun(noun, (NounForm)random.NextInt(3));
        }

        return (words, new StatementWriter(nouns, SceneColors.Names));
    }
}
