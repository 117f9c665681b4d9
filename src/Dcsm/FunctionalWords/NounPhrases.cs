using Dcsm.IO.Collections;

namespace Dcsm.FunctionalWords;

/// <summary>
/// How a caption's noun phrases, the runs of words that are not functional, are marked in <see cref="CaptionForm.Canonical"/>: each
/// begins with one and the same article, whatever was written. CLIP has hardly read nouns without one, and to it the first word of a
/// caption is another without it.
/// </summary>
/// <param name="Article">The article, one of the list's fillers: "a".</param>
/// <param name="Adjectives">The functional words that stand within a noun phrase: "small" in "a small red dog".</param>
public sealed record NounPhrases(string Article, IReadOnlyList<string> Adjectives)
{
    /// <summary>The functional words that stand within a noun phrase: "small" in "a small red dog".</summary>
    public IReadOnlyList<string> Adjectives
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Adjectives);

    /// <summary>
    /// The functional word that stands for a comma or another mark between two noun phrases: "and". All other punctuation is then left out:
    /// "A dog, a cat." is read as "a dog and a cat". Null: punctuation stays as it is written.
    /// </summary>
    public string? Conjunction { get; init; }

    /// <summary>
    /// Fillers behind which something is said of the noun before them: "is". It is read before its noun then: "the car is blue" as
    /// "a blue car". None: words stay in their order.
    /// </summary>
    public IReadOnlyList<string> Copulas
    {
        get;
        init => field = Contents.Of(value);
    } = [];
}
