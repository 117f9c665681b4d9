namespace Dcsm.Clip.Tests;

/// <summary>Where the reference programs' numbers lie.</summary>
internal static class Goldens
{
    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Goldens", .. parts]);
}
