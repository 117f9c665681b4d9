namespace Dcsm.Data.Columns;

/// <summary>What is in a column.</summary>
public enum ParquetKind
{
    /// <summary>Texts; may be missing.</summary>
    Text,

    /// <summary>Numbers of 32 bits; may be missing.</summary>
    Single,

    /// <summary>Numbers of 64 bits; may be missing.</summary>
    Double,

    /// <summary>True or false; may be missing.</summary>
    Flag,

    /// <summary>Vectors of numbers of 32 bits, as lists.</summary>
    Vector,
}
