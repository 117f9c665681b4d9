using System.Text.Json.Nodes;
using Dcsm.Clip;
using Dcsm.Data.Scenes;

namespace Dcsm.Training;

/// <summary>Scenes without end, sampled and drawn when they are asked for; one stream a kind of opposites.</summary>
public sealed class SceneTrainingSource : IHeadTrainingSource
{
    private static readonly SceneKind[] Kinds = Enum.GetValues<SceneKind>();
    private readonly SceneSampler _sampler;
    private readonly SceneRenderer _renderer;
    private readonly SplitPart _part;
    private readonly ulong _seed;

    /// <summary>Opens the training scenes of a split; validation is on its unseen pairs and unseen objects.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them training may see.</param>
    /// <param name="imageSize">Side of the pictures in pixels: that of the CLIP.</param>
    /// <param name="seed">The seed of the scenes; validation uses another one.</param>
    public SceneTrainingSource(ObjectLibrary library, SceneSplit split, int imageSize, ulong seed)
        : this(new SceneSampler(library, split), new SceneRenderer(library, imageSize), SplitPart.Train, seed)
    {
        Validation = new SplitPart[] { SplitPart.UnseenPairs, SplitPart.UnseenObjects }
            .Where(part => _sampler.PairCount(part) > 0)
            .ToDictionary(
                part => SceneNames.Of(part),
                part => (IHeadTrainingSource)new SceneTrainingSource(_sampler, _renderer, part, ~seed));
    }

    private SceneTrainingSource(SceneSampler sampler, SceneRenderer renderer, SplitPart part, ulong seed) =>
        (_sampler, _renderer, _part, _seed) = (sampler, renderer, part, seed);

    /// <summary>The four kinds: color, size, spatial, negation.</summary>
    public IReadOnlyList<string> Streams => SceneNames.Kinds;

    /// <summary>Sources "unseen_pairs" and "unseen_objects", as far as the split has any.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; } = new Dictionary<string, IHeadTrainingSource>();

    /// <summary>Null: scenes never end.</summary>
    public long? Count(int stream) => null;

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index)
    {
        SceneSample sample = _sampler.Sample(Kinds[stream], _part, _seed, index);
        return new HeadTrainingSample(Draw(sample.Image), Draw(sample.Opposite), sample.Captions, sample.OppositeCaptions);
    }

    /// <inheritdoc/>
    public JsonObject Describe() => new()
    {
        ["source"] = "scenes",
        ["part"] = SceneNames.Of(_part),
        ["seed"] = _seed,
        ["imageSize"] = _renderer.ImageSize,
        ["splitSeed"] = _sampler.Split.Seed,
        ["seenObjects"] = Array(_sampler.Split.SeenObjects),
        ["unseenObjects"] = Array(_sampler.Split.UnseenObjects),
    };

    private static JsonArray Array(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];

    private RgbImage Draw(Scene scene) => new(_renderer.ImageSize, _renderer.ImageSize, _renderer.Render(scene));
}
