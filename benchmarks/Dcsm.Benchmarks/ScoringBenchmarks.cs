using BenchmarkDotNet.Attributes;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Head;

namespace Dcsm.Benchmarks;

/// <summary>The way of a score with the shipped CLIP and head: encoding pictures, and scoring pairs whose embeddings are at hand.</summary>
public class ScoringBenchmarks
{
    private const int Images = 64;
    private ClipModel _clip = null!;
    private DcsmHead _head = null!;
    private float[] _pixels = null!;
    private ImageEncoding _images = null!;
    private TextEncoding _captions = null!;

    [GlobalSetup]
    public void Load()
    {
        _clip = ClipModel.Load(Repository.Path("data", "clip-small"));
        _head = DcsmHead.Load(Repository.Path("data", "head-small"));

        var library = ObjectLibrary.Load(Repository.Path("data", "objects"));
        var sampler = new SceneSampler(library, SceneSplit.Create([.. library.Objects.Select(o => o.Name)], 1));
        var renderer = new SceneRenderer(library, _clip.ImageSize);
        SceneSample[] samples = [.. Enumerable.Range(0, Images).Select(i => sampler.Sample((SceneKind)(i % 4), SplitPart.Train, 1, i))];
        int values = 3 * _clip.ImageSize * _clip.ImageSize;
        _pixels = new float[Images * values];
        byte[] rgb = new byte[values];
        for (int i = 0; i < Images; i++)
        {
            renderer.Render(samples[i].Image, rgb);
            _clip.Preprocessor.Normalize(rgb, _pixels.AsSpan(i * values, values));
        }
        _images = _clip.EncodePixels(_pixels, Images);
        _captions = _clip.EncodeTexts([.. samples.Select(s => s.Captions[0])], _head.Config.TextTokens);
    }

    [GlobalCleanup]
    public void Close() => _clip.Dispose();

    /// <summary>Operations are pictures.</summary>
    [Benchmark(OperationsPerInvoke = Images)]
    public ImageEncoding EncodeImages() => _clip.EncodePixels(_pixels, Images);

    /// <summary>64 pictures × 64 captions; operations are pairs.</summary>
    [Benchmark(OperationsPerInvoke = Images * Images)]
    public float[,] ScorePairs() => _head.Score(_images, _captions);
}
