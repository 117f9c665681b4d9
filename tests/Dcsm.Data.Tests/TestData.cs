using Dcsm.Data.Scenes;

namespace Dcsm.Data.Tests;

internal static class TestData
{
    public static string ObjectsDirectory { get; } = Repository.Path("data", "objects");

    public static ObjectLibrary Library { get; } = ObjectLibrary.Load(ObjectsDirectory);

    public static SceneSplit Split { get; } = SceneSplit.Create([.. Library.Objects.Select(item => item.Name)], seed: 1);

    public static SceneSampler Sampler { get; } = new(Library, Split);
}
