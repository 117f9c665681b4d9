namespace Dcsm.IO.Collections;

/// <summary>
/// Values in rows and columns that nobody can change; equal to another of the same values in the same places.
/// Thread-safe.
/// </summary>
/// <typeparam name="T">The values, themselves not changed afterwards.</typeparam>
public sealed class Grid<T> : IEquatable<Grid<T>>
{
    private readonly T[,] _values;

    /// <summary>Copies values.</summary>
    /// <param name="values">[rows, columns]</param>
    public Grid(T[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = (T[,])values.Clone();
    }

    /// <summary>How many rows.</summary>
    public int Rows => _values.GetLength(0);

    /// <summary>How many columns.</summary>
    public int Columns => _values.GetLength(1);

    /// <summary>How many values.</summary>
    public int Count => _values.Length;

    /// <summary>The values, row by row.</summary>
    public IEnumerable<T> Values => _values.Cast<T>();

    /// <summary>One of the values.</summary>
    /// <param name="row">Its row.</param>
    /// <param name="column">Its column.</param>
    public T this[int row, int column] => _values[row, column];

    /// <summary>A copy of values.</summary>
    /// <param name="values">[rows, columns]</param>
    public static implicit operator Grid<T>(T[,] values) => new(values);

    /// <summary>Whether all is the same, place by place.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(Grid<T>? other) => other is not null && Columns == other.Columns && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Grid<T>);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rows, Columns);
}
