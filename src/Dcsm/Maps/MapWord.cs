using Dcsm.IO.Collections;

namespace Dcsm.Maps;

/// <summary>A word of the caption with its columns.</summary>
/// <param name="Text">The word as it stands in the caption, punctuation included.</param>
/// <param name="Columns">The columns of its tokens, ascending.</param>
/// <param name="FunctionalWord">The functional word whose row stands in one of the columns, or null.</param>
public sealed record MapWord(string Text, IReadOnlyList<int> Columns, string? FunctionalWord)
{
    /// <summary>The columns of its tokens, ascending.</summary>
    public IReadOnlyList<int> Columns
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Columns);
}
