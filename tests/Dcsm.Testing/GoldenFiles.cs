namespace Dcsm.Testing;

/// <summary>Where the reference programs' numbers lie beside a test program.</summary>
public static class GoldenFiles
{
    /// <summary>The path of a file or folder of goldens.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([AppContext.BaseDirectory, "Goldens", .. parts]);
}
