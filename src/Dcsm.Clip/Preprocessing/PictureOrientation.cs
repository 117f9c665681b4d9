namespace Dcsm.Clip.Preprocessing;

/// <summary>What becomes of the orientation (EXIF) that cameras and phones write into pictures.</summary>
public enum PictureOrientation
{
    /// <summary>Pictures are turned as every viewer shows them, and as transformers' <c>load_image</c> gives them.</summary>
    Applied,

    /// <summary>Pixels as they are stored: Pillow's <c>Image.open</c>, and so the programs of benchmarks.</summary>
    Ignored,
}
