namespace Dcsm.Data.DataSets.Labeled;

/// <summary>A picture of a table.</summary>
/// <param name="Name">Its name as the table has it.</param>
/// <param name="Path">Where it is.</param>
internal sealed record TablePicture(string Name, string Path)
{
    /// <summary>Its captions, by their texts.</summary>
    public OrderedDictionary<string, TableCaption> Captions { get; } = new(StringComparer.Ordinal);
}
