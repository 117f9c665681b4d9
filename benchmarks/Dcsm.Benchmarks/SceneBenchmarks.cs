using BenchmarkDotNet.Attributes;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Benchmarks;

/// <summary>Drawing scenes, on one core: operations are pictures, so 1/mean is pictures a second.</summary>
public class SceneBenchmarks
{
    private const int Pictures = 256;
    private SceneRenderer _renderer = null!;
    private Scene[] _scenes = null!;
    private byte[] _rgb = null!;

    [Params(96, 224)]
    public int ImageSize { get; set; }

    [GlobalSetup]
    public void Load()
    {
        var library = ObjectLibrary.Load(Repository.Path("data", "objects"));
        var sampler = new SceneSampler(library, SceneSplit.Create([.. library.Objects.Select(o => o.Name)], 1));
        _scenes = [.. Enumerable.Range(0, Pictures).Select(i => sampler.Sample((SceneKind)(i % 4), SplitPart.Train, 1, i).Image)];
        _renderer = new SceneRenderer(library, ImageSize);
        _rgb = new byte[ImageSize * ImageSize * 3];
    }

    [Benchmark(OperationsPerInvoke = Pictures)]
    public void Render()
    {
        foreach (Scene scene in _scenes)
            _renderer.Render(scene, _rgb);
    }
}
