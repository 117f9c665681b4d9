using System.Diagnostics.CodeAnalysis;

namespace Dcsm.IO.Collections;

/// <summary>
/// Copies of lists and dictionaries that nobody can change, and that are equal where their contents are: what a record needs of a list
/// for its own equality to be true. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// public sealed record Sentence(IReadOnlyList&lt;string&gt; Words)
/// {
///     public IReadOnlyList&lt;string&gt; Words { get; init =&gt; field = Contents.Of(value); } = Contents.Of(Words);
/// }
/// </code>
/// </example>
public static class Contents
{
    /// <summary>A copy of a list.</summary>
    /// <typeparam name="T">The items, themselves not changed afterwards.</typeparam>
    /// <param name="items">The list, or null.</param>
    /// <returns>The same list where it is such a copy already; null for null.</returns>
    [return: NotNullIfNotNull(nameof(items))]
    public static IReadOnlyList<T>? Of<T>(IReadOnlyList<T>? items) =>
        items is null ? null : items as ContentList<T> ?? new ContentList<T>([.. items]);

    /// <summary>A copy of a dictionary, in its order.</summary>
    /// <typeparam name="TKey">The keys.</typeparam>
    /// <typeparam name="TValue">The values, themselves not changed afterwards.</typeparam>
    /// <param name="items">The dictionary, or null.</param>
    /// <returns>The same dictionary where it is such a copy already; null for null.</returns>
    [return: NotNullIfNotNull(nameof(items))]
    public static IReadOnlyDictionary<TKey, TValue>? Of<TKey, TValue>(IReadOnlyDictionary<TKey, TValue>? items)
        where TKey : notnull =>
        items is null ? null : items as ContentMap<TKey, TValue> ?? new ContentMap<TKey, TValue>(new Dictionary<TKey, TValue>(items));

    /// <summary>A copy of a dictionary of dictionaries, in their orders.</summary>
    /// <typeparam name="TKey">The keys.</typeparam>
    /// <typeparam name="TInner">The keys of the dictionaries within.</typeparam>
    /// <typeparam name="TValue">Their values, themselves not changed afterwards.</typeparam>
    /// <param name="items">The dictionary, or null.</param>
    /// <returns>Null for null.</returns>
    [return: NotNullIfNotNull(nameof(items))]
    public static IReadOnlyDictionary<TKey, IReadOnlyDictionary<TInner, TValue>>? Of<TKey, TInner, TValue>(
        IReadOnlyDictionary<TKey, IReadOnlyDictionary<TInner, TValue>>? items
    )
        where TKey : notnull
        where TInner : notnull =>
        items is null
            ? null
            : new ContentMap<TKey, IReadOnlyDictionary<TInner, TValue>>(items.ToDictionary(item => item.Key, item => Of(item.Value)));
}
