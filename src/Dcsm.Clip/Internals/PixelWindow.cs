namespace Dcsm.Clip.Internals;

/// <summary>A rectangle of pixels.</summary>
internal readonly record struct PixelWindow(int Left, int Top, int Width, int Height);
