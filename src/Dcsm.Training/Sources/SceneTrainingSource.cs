using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;

namespace Dcsm.Training.Sources;

/// <summary>Scenes without end, sampled and drawn when they are asked for; one stream a kind of opposites.</summary>
public sealed class SceneTrainingSource : IHeadTrainingSource
{
    private const ulong WordingStream = 0x301D;
    private static readonly SceneKind[] Kinds = Enum.GetValues<SceneKind>();
    private readonly SceneSampler _sampler;
    private readonly SceneRenderer _renderer;
    private readonly SplitPart _part;
    private readonly ulong _seed;
    private readonly string _backgrounds;

    /// <summary>Opens the training scenes of a split; validation is on its unseen pairs and unseen objects.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them training may see.</param>
    /// <param name="imageSize">Side of the pictures in pixels: that of the CLIP.</param>
    /// <param name="seed">The seed of the scenes; validation uses another one.</param>
    /// <param name="backgrounds">
    /// What objects are put on; null for generated backgrounds. Of pictures, some are held out for validation.
    /// </param>
    public SceneTrainingSource(ObjectLibrary library, SceneSplit split, int imageSize, ulong seed, SceneBackgrounds? backgrounds = null)
        : this(library, new SceneSampler(library, split), imageSize, seed, (backgrounds ?? SceneBackgrounds.Generated).Split(split.Seed))
    { }

    private SceneTrainingSource(
        ObjectLibrary library,
        SceneSampler sampler,
        int imageSize,
        ulong seed,
        (SceneBackgrounds Seen, SceneBackgrounds Unseen) backgrounds
    )
        : this(sampler, new SceneRenderer(library, imageSize, backgrounds.Seen), SplitPart.Train, seed, backgrounds.Seen)
    {
        var unseen = new SceneRenderer(library, imageSize, backgrounds.Unseen);
        Validation = new SplitPart[] { SplitPart.UnseenPairs, SplitPart.UnseenObjects }
            .Where(part => _sampler.PairCount(part) > 0)
            .ToDictionary(
                part => SceneNames.Of(part),
                part => (IHeadTrainingSource)new SceneTrainingSource(_sampler, unseen, part, ~seed, backgrounds.Unseen)
            );
    }

    private SceneTrainingSource(SceneSampler sampler, SceneRenderer renderer, SplitPart part, ulong seed, SceneBackgrounds backgrounds) =>
        (_sampler, _renderer, _part, _seed, _backgrounds) = (
            sampler,
            renderer,
            part,
            seed,
            string.Join('/', backgrounds.Files.Select(Path.GetFileName).Prepend(backgrounds.Name))
        );

    /// <summary>
    /// Whether training also sees the captions as people type them, and not in the published wording alone. That takes longer to learn.
    /// </summary>
    public bool OtherWordings { get; init; } = true;

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
        // Judged is on the published wording alone.
        if (_part != SplitPart.Train || !OtherWordings)
            return new HeadTrainingSample(Draw(sample.Image), Draw(sample.Opposite), sample.Captions, sample.OppositeCaptions);
        var wording = new SceneRandom(_seed, WordingStream + (ulong)stream, (ulong)index);
        return new HeadTrainingSample(
            Draw(sample.Image),
            Draw(sample.Opposite),
            [.. sample.Captions, .. PlainParaphrases.Of(sample.Captions, wording)],
            [.. sample.OppositeCaptions, .. PlainParaphrases.Of(sample.OppositeCaptions, wording)]
        );
    }

    /// <inheritdoc/>
    public JsonObject Describe()
    {
        JsonObject description = DescribeScenes();
        // Only what is not the default, so that runs from before there was a choice can go on.
        if (_backgrounds != SceneBackgrounds.Generated.Name)
            description["backgrounds"] = _backgrounds;
        if (_part == SplitPart.Train)
        {
            description["disjointBy"] =
                _backgrounds == SceneBackgrounds.Generated.Name
                    ? "pair of objects; object; backgrounds are drawn anew for each scene"
                    : "pair of objects; object; background picture";
        }

        return description;
    }

    private JsonObject DescribeScenes() =>
        SplitDescription.Add(
            new JsonObject
            {
                ["source"] = "scenes",
                ["paraphrases"] = OtherWordings ? "two as published, the same in other words" : "two as published",
            },
            _part,
            _seed,
            _renderer.ImageSize,
            _sampler.Split
        );

    private RgbImage Draw(Scene scene) => new(_renderer.ImageSize, _renderer.ImageSize, _renderer.Render(scene));
}
