using Dcsm.Maps;

namespace Dcsm.FunctionalWords;

/// <summary>
/// The places where the DCSM code puts functional rows: the caption is split at single spaces, a word must be equal to the
/// character, only its first occurrence counts, and its index among the words is the column.
/// </summary>
internal static class OfficialPlacement
{
    /// <summary>As <c>evaluating/run_evals.py</c>, lines 251–272. An index outside the map has no effect.</summary>
    internal static ColumnLayout Replace(IReadOnlyList<string> words, string text, int columns)
    {
        string[] split = text.Split(' ');
        int[] rows = new int[columns];
        Array.Fill(rows, -1);
        for (int row = 0; row < words.Count; row++)
        {
            int index = Array.IndexOf(split, words[row]);
            if (index >= 0 && index < columns)
                rows[index] = row;
        }
        return ColumnLayout.Replace(rows);
    }

    /// <summary>
    /// As <c>evaluating/eval_simple.py</c>, lines 105–124: what is inserted later moves what was inserted before. An index outside
    /// the map has no effect (the official program fails there).
    /// </summary>
    internal static ColumnLayout Insert(IReadOnlyList<string> words, string text, int columns)
    {
        string[] split = text.Split(' ');
        var layout = Enumerable.Range(0, columns).Select(token => (Row: -1, Token: token)).ToList();
        for (int row = 0; row < words.Count; row++)
        {
            int index = Array.IndexOf(split, words[row]);
            if (index >= 0 && index < columns)
            {
                layout.Insert(index, (row, index));
                layout.RemoveAt(columns);
            }
        }
        return new ColumnLayout([.. layout.Select(column => column.Row)], [.. layout.Select(column => column.Token)]);
    }
}
