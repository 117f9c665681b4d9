using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>A picture and several captions, one of which is right.</summary>
/// <param name="Id">What the item is called in results: unique in its benchmark, and the same in every run.</param>
/// <param name="Image">The picture.</param>
/// <param name="Options">The captions in the order of the published evaluation; ties are settled by it.</param>
/// <param name="Right">Place of the right caption in <paramref name="Options"/>.</param>
public sealed record ChoiceItem(string Id, BenchmarkImage Image, IReadOnlyList<string> Options, int Right)
{
    /// <summary>The captions in the order of the published evaluation; ties are settled by it.</summary>
    public IReadOnlyList<string> Options
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Options);

    /// <summary>
    /// What figures are also given by: the relation, the pair of attributes, the type of question. Empty where there is none.
    /// </summary>
    public string Group { get; init; } = "";

    /// <summary>What groups belong to (ARO: symmetric relations): figures are given by it, too. Empty where there is none.</summary>
    public string Category { get; init; } = "";

    /// <summary>What kind of answer each option is (NegBench: positive, negative, hybrid); empty where that is not known.</summary>
    public IReadOnlyList<string> OptionTypes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>([]);

    /// <summary>Items of one key belong together (WhatsUp: the four pictures of two objects); null where nothing does.</summary>
    public string? SetKey { get; init; }
}
