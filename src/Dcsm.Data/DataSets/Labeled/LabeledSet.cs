using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>A data set of pictures with several captions each, true ones and false ones.</summary>
/// <param name="Format">What it was read as: "coco", "vg", "csv" or "jsonl".</param>
/// <param name="Train">What is trained on.</param>
/// <param name="HeldOut">What is held out; null where there is nothing. The two share no picture.</param>
/// <param name="Remarks">What was left out and why, a line each, for the person who trains.</param>
public sealed record LabeledSet(string Format, LabeledPart Train, LabeledPart? HeldOut, IReadOnlyList<string> Remarks)
{
    /// <summary>What was left out and why, a line each, for the person who trains.</summary>
    public IReadOnlyList<string> Remarks
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Remarks);

    /// <summary>SHA-256 of what is trained on and what is held out, whatever folder it lies in.</summary>
    public string Fingerprint() => HeldOut is null ? Train.Fingerprint : $"{Train.Fingerprint}+{HeldOut.Fingerprint}";

    /// <summary>Parts pictures, makes both parts, and sees to it that there is something to train on.</summary>
    internal static LabeledSet Create<T>(
        string format,
        IReadOnlyList<T> pictures,
        Func<T, string> nameOf,
        ulong splitSeed,
        Func<T[], LabeledPart> make,
        HardNegativeSetBuilder builder
    )
    {
        ILookup<bool, T> parts = pictures.ToLookup(picture => HardNegativeSplit.IsHeldOut(splitSeed, nameOf(picture)));
        LabeledPart train = make([.. parts[false]]),
            heldOut = make([.. parts[true]]);
        if (train.Count == 0)
        {
            throw heldOut.Count == 0
                ? builder.Nothing()
                : new InvalidDataException(
                    $"the {format} data has {heldOut.Count} samples, and the split of seed {splitSeed} holds all of "
                        + $"them out; there are too "
                        + "few, or another split seed is needed"
                );
        }

        return new LabeledSet(format, train, heldOut.Count > 0 ? heldOut : null, builder.Remarks);
    }
}
