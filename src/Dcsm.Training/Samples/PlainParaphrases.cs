using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Samples;

/// <summary>
/// The captions of scenes as people would type them: without "A picture of", or with another opening, and without the article
/// behind a negation. A head's hidden layer goes by columns, so one that has only seen one opening is lost without it.
/// </summary>
internal static class PlainParaphrases
{
    private static readonly string[] PublishedOpenings = ["A picture of ", "An image of "];
    private static readonly string[] Openings = ["", "", "", "a photo of ", "there is ", "this is "];
    private static readonly string[] Negations = [" not ", " no ", " without "];

    /// <summary>Rewords all captions of a sample alike, so that the wording never says which of them is meant.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> captions, SceneRandom random)
    {
        string opening = Openings[random.NextInt(Openings.Length)];
        bool bare = random.NextBool();
        return captions.Select(caption => opening + Bare(Inside(caption), bare));
    }

    private static string Inside(string caption)
    {
        foreach (string opening in PublishedOpenings)
        {
            if (caption.StartsWith(opening, StringComparison.Ordinal))
                return caption[opening.Length..];
        }

        return caption;
    }

    private static string Bare(string caption, bool bare) =>
        !bare
            ? caption
            : Negations.Aggregate(caption, (text, negation) => text.Replace(negation + "a ", negation, StringComparison.Ordinal));
}
