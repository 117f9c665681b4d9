using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>A few of the objects that ship.</summary>
internal static class Objects
{
    private static readonly Lazy<ObjectLibrary> LazyLibrary = new(() =>
    {
        string directory = Repository.Path("data", "objects");
        var all = ObjectLibrary.Load(directory);
        return ObjectLibrary.Load(directory, [.. all.Objects.Take(40).Select(o => o.Name)]);
    });

    public static ObjectLibrary Library => LazyLibrary.Value;

    public static SceneSampler Sampler() =>
        new(Library, SceneSplit.Create([.. Library.Objects.Select(o => o.Name)], seed: 3, unseenObjects: 0.25, unseenPairs: 0.2));

    public static SceneTestSet Tests(int samplesPerKind = 6, ulong seed = 11) =>
        SceneTestSet.Sample(Sampler(), Library, [SplitPart.UnseenPairs, SplitPart.UnseenObjects], samplesPerKind, seed);
}
