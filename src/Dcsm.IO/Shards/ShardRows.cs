namespace Dcsm.IO.Shards;

/// <summary>Rows of several parts as one sequence, in the order of the whole list.</summary>
public static class ShardRows
{
    /// <summary>
    /// Joins parts whose rows are ordered by a number. No more than a row of each part that has begun is held, and a part is opened when
    /// its first row is near.
    /// </summary>
    /// <typeparam name="T">A row.</typeparam>
    /// <param name="parts">The number at or before the first row of each part, and what opens it.</param>
    /// <param name="number">The number of a row.</param>
    /// <exception cref="InvalidDataException">A row stands twice, or not in its order; the message has its number.</exception>
    public static IEnumerable<T> Join<T>(IEnumerable<(long From, Func<IEnumerable<T>> Open)> parts, Func<T, long> number)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(number);
        var waiting = new PriorityQueue<(IEnumerator<T>? Rows, Func<IEnumerable<T>> Open), (long, int)>();
        var open = new List<IEnumerator<T>>();
        int order = 0;
        foreach ((long from, Func<IEnumerable<T>> part) in parts)
            waiting.Enqueue((null, part), (from, order++));
        long last = long.MinValue;
        try
        {
            while (waiting.TryDequeue(out (IEnumerator<T>? Rows, Func<IEnumerable<T>> Open) next, out (long Number, int Order) place))
            {
                IEnumerator<T>? rows = next.Rows;
                if (rows is null)
                {
                    open.Add(rows = next.Open().GetEnumerator());
                }
                else
                {
                    if (place.Number <= last)
                        throw new InvalidDataException($"row {place.Number} stands twice, or behind row {last}");
                    last = place.Number;
                    yield return rows.Current;
                }

                if (rows.MoveNext())
                {
                    waiting.Enqueue((rows, next.Open), (number(rows.Current), place.Order));
                }
                else
                {
                    open.Remove(rows);
                    rows.Dispose();
                }
            }
        }
        finally
        {
            open.ForEach(rows => rows.Dispose());
        }
    }
}
