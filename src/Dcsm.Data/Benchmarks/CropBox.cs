namespace Dcsm.Data.Benchmarks;

/// <summary>A part of a picture in pixels, as annotated: fractions are allowed, and it may leave the picture.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width, above 0.</param>
/// <param name="Height">Height, above 0.</param>
public readonly record struct CropBox(double X, double Y, double Width, double Height);
