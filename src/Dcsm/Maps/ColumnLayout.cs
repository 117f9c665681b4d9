namespace Dcsm.Maps;

/// <summary>What stands in each column of a caption's map once the functional rows are placed. Immutable.</summary>
public sealed class ColumnLayout
{
    private readonly int[] _rows;
    private readonly int[] _tokens;

    /// <summary>Makes a layout.</summary>
    /// <param name="rows">Per column: the row of the functional word that stands there, or −1. [textTokens]</param>
    /// <param name="tokens">
    /// Per column: the text token whose products with the image tokens stand there; ignored where a row stands. [textTokens]
    /// </param>
    /// <exception cref="ArgumentException">The two differ in length, or a token is outside the map.</exception>
    public ColumnLayout(IReadOnlyList<int> rows, IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(tokens);
        if (rows.Count != tokens.Count)
            throw new ArgumentException($"{rows.Count} rows and {tokens.Count} tokens: both are one per column.", nameof(tokens));
        _rows = [.. rows];
        _tokens = [.. tokens];
        for (int column = 0; column < Rows.Length; column++)
        {
            if (Rows[column] < -1)
                throw new ArgumentException($"Column {column} names row {Rows[column]}; a row's index or -1 is meant.", nameof(rows));
            if (Rows[column] < 0 && (uint)Tokens[column] >= (uint)Rows.Length)
                throw new ArgumentException($"Column {column} names text token {Tokens[column]} of {Rows.Length}.", nameof(tokens));
        }
    }

    /// <summary>Per column: the row of the functional word that stands there, or −1. [textTokens]</summary>
    public ReadOnlySpan<int> Rows => _rows;

    /// <summary>Per column: the text token whose column it was; where a row stands, any. [textTokens]</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The layout in which rows replace columns and nothing moves.</summary>
    /// <param name="rows">Per column: a row's index, or −1. [textTokens]</param>
    /// <exception cref="ArgumentException">An entry is below −1.</exception>
    internal static ColumnLayout Replace(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new ColumnLayout(rows, [.. Enumerable.Range(0, rows.Count)]);
    }

    /// <summary>The layout in which the end token comes first, and the start token where it and the padding were.</summary>
    /// <param name="rows">Per column: a row's index, or −1.</param>
    /// <param name="length">Tokens of the caption, start and end included.</param>
    internal static ColumnLayout EndFirst(IReadOnlyList<int> rows, int length)
    {
        int end = length - 1;
        return new ColumnLayout(
            rows,
            [
                .. Enumerable
                    .Range(0, rows.Count)
                    .Select(column =>
                        column == 0 ? end
                        : column < end ? column
                        : 0
                    ),
            ]
        );
    }
}
