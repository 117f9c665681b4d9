namespace Dcsm.Clip.Preprocessing;

/// <summary>Pillow's resampling filters, by its numbers; 0, nearest neighbor, is another algorithm and not here.</summary>
internal enum ResampleFilter
{
    Lanczos = 1,
    Bilinear = 2,
    Bicubic = 3,
    Box = 4,
    Hamming = 5,
}
