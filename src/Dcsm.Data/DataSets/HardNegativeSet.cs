using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>A data set of pictures with captions and their hard negatives.</summary>
/// <param name="Format">What it was read as: "official", "coco", "vg", "csv" or "jsonl".</param>
/// <param name="Streams">The streams, at least one.</param>
/// <param name="Remarks">What was left out and why, a line each, for the person who trains.</param>
public sealed record HardNegativeSet(string Format, IReadOnlyList<HardNegativeGroup> Streams, IReadOnlyList<string> Remarks)
{
    /// <summary>The streams, at least one.</summary>
    public IReadOnlyList<HardNegativeGroup> Streams
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Streams);

    /// <summary>What was left out and why, a line each, for the person who trains.</summary>
    public IReadOnlyList<string> Remarks
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Remarks);

    /// <summary>SHA-256 of names, captions and objects of all records: what the data set is, whatever folder it lies in.</summary>
    public string Fingerprint() => HardNegativeFingerprint.Of(Streams);

    /// <summary>Parts the set into what is trained on and what is held out.</summary>
    /// <param name="seed">Another seed gives another split.</param>
    /// <exception cref="InvalidDataException">Nothing is left to train on.</exception>
    public HardNegativeSplit Split(ulong seed) => HardNegativeSplit.Create(this, seed);
}
