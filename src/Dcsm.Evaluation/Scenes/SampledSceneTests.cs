using System.Collections.Concurrent;
using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Scenes of a sampler, rendered at each encoder's own size when they are encoded.</summary>
internal sealed class SampledSceneTests : SceneTestSet
{
    private readonly ObjectLibrary _library;
    private readonly SceneSample[] _samples;
    private readonly SceneTest[] _tests;
    private readonly ConcurrentDictionary<int, SceneRenderer> _renderers = new();

    public SampledSceneTests(
        SceneSampler sampler,
        ObjectLibrary library,
        IReadOnlyList<SplitPart> parts,
        int samplesPerKind,
        ulong seed,
        IReadOnlyList<SceneKind> kinds
    )
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplesPerKind);

        _library = library;
        _samples = new SceneSample[parts.Count * kinds.Count * samplesPerKind];
        _tests = new SceneTest[_samples.Length];
        Parallel.For(
            0,
            _samples.Length,
            i =>
            {
                SplitPart part = parts[i / (kinds.Count * samplesPerKind)];
                SceneKind kind = kinds[i / samplesPerKind % kinds.Count];
                int index = i % samplesPerKind;
                SceneSample sample = sampler.Sample(kind, part, seed, index);
                _samples[i] = sample;
                _tests[i] = new SceneTest(
                    string.Create(CultureInfo.InvariantCulture, $"{SceneNames.Of(part)}/{SceneNames.Of(kind)}/{index}"),
                    part,
                    kind,
                    sample.Captions,
                    sample.OppositeCaptions
                );
            }
        );
        Description = new Dictionary<string, string>
        {
            ["source"] = "sampled",
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["samplesPerKind"] = samplesPerKind.ToString(CultureInfo.InvariantCulture),
            ["splitSeed"] = sampler.Split.Seed.ToString(CultureInfo.InvariantCulture),
            ["seenObjects"] = sampler.Split.SeenObjects.Count.ToString(CultureInfo.InvariantCulture),
            ["unseenObjects"] = sampler.Split.UnseenObjects.Count.ToString(CultureInfo.InvariantCulture),
        };
    }

    public override IReadOnlyList<SceneTest> Tests => _tests;

    public override IReadOnlyDictionary<string, string> Description { get; }

    public override ImageEncoding Encode(IEncoder encoder, int first, int count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        SceneRenderer renderer = Renderer(encoder.ImageSize);
        byte[] rgb = new byte[2 * count * renderer.ByteCount];
        Parallel.For(
            0,
            2 * count,
            new ParallelOptions { CancellationToken = cancellationToken },
            i =>
            {
                SceneSample sample = _samples[first + i / 2];
                renderer.Render(i % 2 == 0 ? sample.Image : sample.Opposite, rgb.AsSpan(i * renderer.ByteCount, renderer.ByteCount));
            }
        );
        return encoder.EncodeRgb(rgb, 2 * count);
    }

    public override RgbImage Picture(int test, bool opposite, int size) =>
        new(size, size, Renderer(size).Render(opposite ? _samples[test].Opposite : _samples[test].Image));

    private SceneRenderer Renderer(int size) => _renderers.GetOrAdd(size, s => new SceneRenderer(_library, s));
}
