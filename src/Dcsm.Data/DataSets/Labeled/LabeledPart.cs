namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Groups of pictures and captions, of what is trained on or of what is held out. Safe to read from several threads.</summary>
public abstract class LabeledPart
{
    private protected LabeledPart() { }

    /// <summary>How many groups there are.</summary>
    public abstract int Count { get; }

    /// <summary>How many captions there are of each kind, in the order of their names.</summary>
    public abstract IReadOnlyDictionary<string, int> Kinds { get; }

    /// <summary>Makes a group; it depends on the number alone.</summary>
    /// <param name="index">The number of the group, from 0.</param>
    public abstract LabeledGroup Group(int index);

    /// <summary>SHA-256 of what all groups say.</summary>
    internal abstract string Fingerprint { get; }
}
