using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// Scenes without end with true and false statements about them, sampled and drawn when they are asked for; one stream. The truth of every
/// statement of a group in every scene of it is known.
/// </summary>
public sealed class StatementTrainingSource : IHeadTrainingSource
{
    private const int Families = 2,
        Variants = 4;

    // Captions of a picture that has nothing in common are mostly easy; a part of them teaches as much in less time.
    private const double ShareOfEasyPairs = 0.3;
    private const ulong PairStream = 0x9A1B5;
    private readonly StatementSampler _sampler;
    private readonly SceneRenderer _renderer;
    private readonly SplitPart _part;
    private readonly ulong _seed;

    /// <summary>Opens the training scenes of a split; validation is on its unseen pairs and unseen objects.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them training may see.</param>
    /// <param name="imageSize">Side of the pictures in pixels: that of the CLIP.</param>
    /// <param name="seed">The seed of the scenes; validation uses another one.</param>
    public StatementTrainingSource(ObjectLibrary library, SceneSplit split, int imageSize, ulong seed)
        : this(new StatementSampler(library, split), new SceneRenderer(library, imageSize), SplitPart.Train, seed) =>
        Validation = new SplitPart[] { SplitPart.UnseenPairs, SplitPart.UnseenObjects }
            .Where(_sampler.Has)
            .ToDictionary(SceneNames.Of, part => (IHeadTrainingSource)new StatementTrainingSource(_sampler, _renderer, part, ~seed));

    private StatementTrainingSource(StatementSampler sampler, SceneRenderer renderer, SplitPart part, ulong seed) =>
        (_sampler, _renderer, _part, _seed) = (sampler, renderer, part, seed);

    /// <summary>One: "statements".</summary>
    public IReadOnlyList<string> Streams { get; } = ["statements"];

    /// <summary>Sources "unseen_pairs" and "unseen_objects", as far as the split has any.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; } = new Dictionary<string, IHeadTrainingSource>();

    /// <summary>Null: scenes never end.</summary>
    public long? Count(int stream) => null;

    /// <summary>The first scene of a group with its first true and its first false statement.</summary>
    public HeadTrainingSample Read(int stream, long index)
    {
        StatementGroup group = _sampler.Group(_part, _seed, index, families: 1, variants: 1, twins: 1);
        return new HeadTrainingSample(Draw(group.Scenes[0]), null, [group.Statements[0].Text], [group.Statements[1].Text]);
    }

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index)
    {
        StatementGroup group = _sampler.Group(_part, _seed, index, Families, Variants);
        var random = new SceneRandom(_seed, PairStream + (ulong)_part, (ulong)index);
        string[] captions = [.. group.Statements.Select(statement => statement.Text), .. group.Empty];
        float[,] targets = new float[group.Scenes.Count, captions.Length];
        for (int scene = 0; scene < group.Scenes.Count; scene++)
        {
            for (int caption = 0; caption < captions.Length; caption++)
            {
                bool empty = caption >= group.Statements.Count,
                    easy = empty || group.Scene[caption] / Variants != scene / Variants;
                targets[scene, caption] =
                    easy && !random.NextBool(ShareOfEasyPairs) ? float.NaN
                    : empty ? HeadTrainingGroup.Neither
                    : group.Truth[scene, caption] is not { } isTrue ? float.NaN
                    : isTrue ? 1
                    : 0;
            }
        }

        HeadTrainingNote[] notes = [.. group.Scenes.Select(Note)];
        return new HeadTrainingGroup(
            [.. group.Scenes.Select(Draw)],
            captions,
            targets,
            [.. group.Scene, .. group.Empty.Select(_ => -1)],
            [.. group.Statements.Select(statement => SceneNames.Of(statement.Statement.Kind)), .. group.Empty.Select(_ => "empty")]
        )
        {
            Names = [.. group.Scenes.Select((_, scene) => string.Create(CultureInfo.InvariantCulture, $"scene {index}.{scene}"))],
            Notes =
            [
                .. group.Scene.Select(scene => notes[scene]),
                .. group.Empty.Select(_ => new HeadTrainingNote("says nothing of any picture", [])),
            ],
        };
    }

    /// <inheritdoc/>
    public JsonObject Describe() =>
        SplitDescription.Add(new JsonObject { ["source"] = "statements" }, _part, _seed, _renderer.ImageSize, _sampler.Split);

    /// <summary>What a scene shows, which makes statements true or false.</summary>
    private HeadTrainingNote Note(Scene scene) =>
        new(
            "drawn: " + string.Join(", ", scene.Objects.Select(Describe)),
            [
                .. scene.Objects.Select(placed => new LabeledBox(
                    _sampler.Library.Objects[placed.Object].Name,
                    Pixels(_sampler.Library.Box(placed))
                )),
            ]
        );

    private string Describe(PlacedObject placed)
    {
        string name = _sampler.Library.Objects[placed.Object].Name;
        return placed.Color == SceneColors.None ? name : $"{SceneColors.Names[placed.Color]} {name}";
    }

    private SceneBox Pixels(SceneBox box) =>
        new(
            box.Left * _renderer.ImageSize,
            box.Top * _renderer.ImageSize,
            box.Width * _renderer.ImageSize,
            box.Height * _renderer.ImageSize
        );

    private RgbImage Draw(Scene scene) => new(_renderer.ImageSize, _renderer.ImageSize, _renderer.Render(scene));
}
