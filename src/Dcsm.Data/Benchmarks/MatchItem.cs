using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>Pictures and captions, each picture to be scored with each caption.</summary>
/// <param name="Id">What the item is called in results: unique in its benchmark, and the same in every run.</param>
/// <param name="Images">The pictures.</param>
/// <param name="Captions">The captions.</param>
/// <param name="Matches">
/// [images · captions], picture by picture: whether the two match; null for a pair that is not asked about. Of
/// <see cref="MatchTask.Captions"/> the pairs of captions.
/// </param>
public sealed record MatchItem(
    string Id,
    IReadOnlyList<BenchmarkImage> Images,
    IReadOnlyList<string> Captions,
    IReadOnlyList<bool?> Matches
)
{
    /// <summary>The pictures.</summary>
    public IReadOnlyList<BenchmarkImage> Images
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Images);

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>[images · captions], picture by picture: whether the two match; null for a pair that is not asked about.</summary>
    public IReadOnlyList<bool?> Matches
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Matches);

    /// <summary>What figures are also given by: a relation, a kind of change. Empty where there is none.</summary>
    public string Group { get; init; } = "";

    /// <summary>What groups belong to: figures are also given by it. Empty where there is none.</summary>
    public string Category { get; init; } = "";

    /// <summary>Whether a threshold is chosen on it; it is not judged then.</summary>
    public bool IsDev { get; init; }
}
