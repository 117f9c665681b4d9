using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>
/// Captions that say nothing that could be true or false of a picture: "the a of", "very quickly because". A head learns from them that
/// such a caption is neither.
/// </summary>
internal static class EmptyTalk
{
    private static readonly string[] Trained =
    [
        "the",
        "of",
        "a",
        "an",
        "and",
        "is",
        "are",
        "very",
        "quickly",
        "idea",
        "seven",
        "because",
        "left",
        "right",
        "above",
        "below",
        "without",
        "no",
        "not",
        "red",
        "green",
        "blue",
        "yellow",
        "white",
        "black",
        "small",
        "big",
        "happiness",
        "tomorrow",
        "think",
        "reason",
        "under",
        "perhaps",
        "slowly",
        "we",
        "it",
        "they",
        "this",
        "then",
        "law",
        "economy",
        "truth",
        "history",
        "to",
        "with",
        "noise",
        "who",
        "why",
        "often",
        "never",
        "said",
        "asks",
        "better",
        "number",
        "language",
        "freedom",
        "xq",
        "lorem",
        "ipsum",
        "dolor",
        "sit",
        "amet",
        "zzt",
        "foo",
        "bar",
        "democracy",
        "music",
        "theory",
        "purple",
        "orange",
        "picture",
        "photo",
        "something",
        "thing",
    ];

    private static readonly string[] Other =
    [
        "the",
        "of",
        "a",
        "if",
        "whether",
        "always",
        "beyond",
        "justice",
        "wisdom",
        "eleven",
        "since",
        "quietly",
        "you",
        "he",
        "argument",
        "memory",
        "philosophy",
        "hope",
        "was",
        "were",
        "qwerty",
        "blah",
        "hmm",
        "opinion",
        "science",
        "yesterday",
        "soon",
        "rather",
    ];

    /// <summary>A caption of one to five words.</summary>
    public static string Write(StatementWordings wordings, ref SceneRandom random)
    {
        string[] words = wordings == StatementWordings.Trained ? Trained : Other;
        string[] drawn = new string[1 + random.NextInt(5)];
        for (int i = 0; i < drawn.Length; i++)
            drawn[i] = words[random.NextInt(words.Length)];
        return string.Join(' ', drawn);
    }
}
