namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Some pictures and captions, and which caption is true of which picture.</summary>
/// <param name="Pictures">Name and place of each picture.</param>
/// <param name="Captions">The captions.</param>
/// <param name="Truth">[pictures, captions]; null where it is not known, or not told.</param>
/// <param name="Empty">Captions that say nothing of any picture.</param>
public sealed record LabeledGroup(
    IReadOnlyList<(string Name, string Path)> Pictures,
    IReadOnlyList<LabeledCaption> Captions,
    bool?[,] Truth,
    IReadOnlyList<string> Empty
)
{
    /// <summary>Whether all is the same, one by one.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(LabeledGroup? other) =>
        other is not null
        && Pictures.SequenceEqual(other.Pictures)
        && Captions.SequenceEqual(other.Captions)
        && Truth.GetLength(1) == other.Truth.GetLength(1)
        && Truth.Cast<bool?>().SequenceEqual(other.Truth.Cast<bool?>())
        && Empty.SequenceEqual(other.Empty);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pictures.Count, Captions.Count, Truth.Length);
}
