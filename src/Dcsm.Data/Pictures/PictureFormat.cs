namespace Dcsm.Data.Pictures;

/// <summary>How pictures are stored.</summary>
public enum PictureFormat
{
    /// <summary>Without loss.</summary>
    Png,

    /// <summary>Smaller, with loss.</summary>
    Jpeg,
}
