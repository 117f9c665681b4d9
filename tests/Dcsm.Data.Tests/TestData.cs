using Dcsm.Data.Scenes;

namespace Dcsm.Data.Tests;

internal static class TestData
{
    public static string ObjectsDirectory { get; } = FindObjects();

    public static ObjectLibrary Library { get; } = ObjectLibrary.Load(ObjectsDirectory);

    public static SceneSplit Split { get; } = SceneSplit.Create([.. Library.Objects.Select(item => item.Name)], seed: 1);

    public static SceneSampler Sampler { get; } = new(Library, Split);

    private static string FindObjects()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dcsm.sln")))
                return Path.Combine(folder.FullName, "data", "objects");
        }

        throw new DirectoryNotFoundException("No folder above the tests holds Dcsm.sln.");
    }
}
