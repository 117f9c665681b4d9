using System.Collections.ObjectModel;

namespace Dcsm.IO.Collections;

/// <summary>A dictionary that is equal to another with the same values under the same keys.</summary>
internal sealed class ContentMap<TKey, TValue>(Dictionary<TKey, TValue> items)
    : ReadOnlyDictionary<TKey, TValue>(items),
        IEquatable<ContentMap<TKey, TValue>>
    where TKey : notnull
{
    public bool Equals(ContentMap<TKey, TValue>? other) =>
        other is not null
        && Count == other.Count
        && this.All(own => other.TryGetValue(own.Key, out TValue? value) && EqualityComparer<TValue>.Default.Equals(own.Value, value));

    public override bool Equals(object? obj) => Equals(obj as ContentMap<TKey, TValue>);

    // Whatever the order.
    public override int GetHashCode() => Keys.Aggregate(Count, (hash, key) => hash ^ key.GetHashCode());
}
