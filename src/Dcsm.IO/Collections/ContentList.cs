using System.Collections.ObjectModel;

namespace Dcsm.IO.Collections;

/// <summary>A list that is equal to another of the same items in the same order.</summary>
internal sealed class ContentList<T>(T[] items) : ReadOnlyCollection<T>(items), IEquatable<ContentList<T>>
{
    // Of a long list its length and its beginning tell enough.
    private const int Hashed = 8;

    private readonly T[] _items = items;

    public bool Equals(ContentList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items, null);

    public override bool Equals(object? obj) => Equals(obj as ContentList<T>);

    public override int GetHashCode() =>
        _items.Take(Hashed).Aggregate(_items.Length, (hash, item) => HashCode.Combine(hash, item?.GetHashCode()));
}
