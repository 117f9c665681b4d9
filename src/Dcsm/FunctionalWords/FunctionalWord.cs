using Dcsm.IO.Collections;

namespace Dcsm.FunctionalWords;

/// <summary>One functional word: a word, or a few, that owns a row.</summary>
/// <param name="Word">The canonical word. It is always one of the forms.</param>
/// <param name="Forms">
/// All forms that mean it, the canonical word first. Words of a form are separated by single spaces; a form that starts with
/// <c>~</c> is the end of a word (<c>~n't</c> is found in "isn't").
/// </param>
public sealed record FunctionalWord(string Word, IReadOnlyList<string> Forms)
{
    /// <summary>
    /// All forms that mean it, the canonical word first. Words of a form are separated by single spaces; a form that starts with
    /// <c>~</c> is the end of a word (<c>~n't</c> is found in "isn't").
    /// </summary>
    public IReadOnlyList<string> Forms
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Forms);
}
