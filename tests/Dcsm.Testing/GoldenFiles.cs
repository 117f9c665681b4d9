namespace Dcsm.Testing;

/// <summary>
/// Where the numbers of the reference programs lie: tests/Goldens, read where they are. Its README says where they come from.
/// </summary>
public static class GoldenFiles
{
    /// <summary>A path below tests/Goldens, such as <c>"clip-tiny", "b-gelu"</c>.</summary>
    public static string Path(params string[] parts) => Repository.Path(["tests", "Goldens", .. parts]);
}
