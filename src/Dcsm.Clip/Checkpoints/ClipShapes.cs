using System.Globalization;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Checkpoints;

/// <summary>Reads a CLIP's architecture off its tensors' shapes.</summary>
internal sealed class ClipShapes(string file, IReadOnlyDictionary<string, IReadOnlyList<int>> shapes, ShapeReading? reading = null)
{
    private readonly ShapeReading _reading = reading ?? new ShapeReading();

    private const int HeadWidth = 64,
        ResNetStride = 32;

    // open_clip's configurations whose heads are not 64 wide: ViT-H, g, bigG and e.
    private static readonly Dictionary<int, int> KnownHeads = new()
    {
        [1280] = 16,
        [1408] = 16,
        [1664] = 16,
        [1792] = 16,
    };

    // Of OpenAI's and open_clip's towers with heads of 64.
    private static readonly int[] UsualWidths = [384, 512, 640, 768, 896, 1024, 1280];

    private readonly List<string> _guesses = [];

    /// <summary>What could not be known for sure, in sentences.</summary>
    public IReadOnlyList<string> Guesses => _guesses;

    public bool IsResNet { get; } = shapes.ContainsKey("visual.attnpool.positional_embedding");

    /// <param name="visionHeads">Heads of the image tower for its width; null if not told.</param>
    /// <param name="textHeads">Heads of the text tower; null if not told.</param>
    public ClipConfig Config(ClipActivation activation, Func<int, int>? visionHeads, int? textHeads)
    {
        IReadOnlyList<int> tokens = Shape("text_model.embeddings.token_embedding.weight", 2);
        var config = new ClipConfig
        {
            ProjectionDim = Shape(_reading.Projection, 2)[0],
            Text = new ClipTextConfig
            {
                HiddenSize = tokens[1],
                VocabularySize = tokens[0],
                ContextLength = Shape("text_model.embeddings.position_embedding.weight", 2)[0],
                Layers = Count($"{TransformerGraph.TextLayers}.", ".layer_norm1.weight"),
                IntermediateSize = Shape($"{TransformerGraph.TextLayers}.0.mlp.fc1.weight", 2)[0],
                Heads = textHeads ?? Guess(tokens[1], "text tower", "--text-heads", UsualWidths.Contains(tokens[1])),
                Activation = activation,
                // As in the files on the Hub: the text is pooled at the largest id, which is what OpenAI does.
                StartToken = 0,
                EndToken = 2,
                PadToken = 1,
            },
            Vision = IsResNet ? ResNet(visionHeads) : Transformer(activation, visionHeads),
        };
        if (config.TooLarge is { } what)
            throw Wrong(what.TrimEnd('.'));
        if (config.Text.HiddenSize % config.Text.Heads != 0)
            throw Wrong($"the text tower's width {config.Text.HiddenSize} can't be divided among {config.Text.Heads} heads");
        if (config.Vision.HiddenSize % config.Vision.Heads != 0)
            throw Wrong($"the image tower's width {config.Vision.HiddenSize} can't be divided among {config.Vision.Heads} heads");
        return config;
    }

    private ClipVisionConfig Transformer(ClipActivation activation, Func<int, int>? heads)
    {
        const string Patches = "vision_model.embeddings.patch_embedding.weight",
            Places = "vision_model.embeddings.position_embedding.weight";
        IReadOnlyList<int> patch = Shape(Patches, 4);
        if (patch[1] != 3 || patch[2] != patch[3])
            throw Wrong($"tensor '{Patches}' has shape [{string.Join(", ", patch)}]; patches are square and of 3 channels");
        return new ClipVisionConfig
        {
            HiddenSize = patch[0],
            PatchSize = patch[2],
            ImageSize = checked(Grid(Places) * patch[2]),
            Layers = Count($"{TransformerGraph.VisionLayers}.", ".layer_norm1.weight"),
            IntermediateSize = Shape($"{TransformerGraph.VisionLayers}.0.mlp.fc1.weight", 2)[0],
            Heads =
                heads?.Invoke(patch[0])
                ?? (
                    KnownHeads.TryGetValue(patch[0], out int known)
                        ? known
                        : Guess(patch[0], "image tower", "--vision-heads", UsualWidths.Contains(patch[0]))
                ),
            Activation = activation,
        };
    }

    private ClipVisionConfig ResNet(Func<int, int>? heads)
    {
        const string Places = "visual.attnpool.positional_embedding";
        int width = Shape("visual.conv3.weight", 4)[0];
        int hidden = Shape(Places, 2)[1];
        if (width % 2 != 0 || hidden != (long)width * ResNetStride)
            throw Wrong($"tensor '{Places}' is {hidden} wide; a ResNet of width {width} has {(long)width * ResNetStride} there");
        return new ClipVisionConfig
        {
            ResNet = new ClipResNetConfig
            {
                Width = width,
                Layers = [.. Enumerable.Range(1, 4).Select(stage => Count($"visual.layer{stage}.", ".conv1.weight"))],
            },
            HiddenSize = hidden,
            PatchSize = ResNetStride,
            ImageSize = checked(Grid(Places) * ResNetStride),
            Heads = heads?.Invoke(hidden) ?? Guess(hidden, "image tower", "--vision-heads", isKnown: true),
        };
    }

    private int Grid(string name)
    {
        int rows = Shape(name, 2)[0];
        int places = rows - (_reading.HasClassToken ? 1 : 0);
        int grid = (int)Math.Sqrt(places);
        return grid > 0 && grid <= 1024 && grid * grid == places
            ? grid
            : throw Wrong($"tensor '{name}' has {rows} places; expected {(_reading.HasClassToken ? "one and " : "")}a square grid");
    }

    private int Guess(int width, string tower, string option, bool isKnown)
    {
        if (width % HeadWidth != 0)
        {
            throw Wrong(
                $"the heads of the {tower} are not stored, and its width {width} is no multiple of {HeadWidth}; name "
                    + $"open_clip's configuration (--config), or the heads ({option})"
            );
        }

        int heads = width / HeadWidth;
        if (!isKnown)
        {
            _guesses.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}: nothing tells the heads of the {tower}, whose width {width} is none of the published ones; {heads} are "
                        + $"taken, one for each {HeadWidth}. If that is wrong, so are scores: convert it with {option} N, or --config FILE."
                )
            );
        }
        return heads;
    }

    private int Count(string prefix, string suffix)
    {
        int count = 0;
        while (shapes.ContainsKey(prefix + count.ToString(CultureInfo.InvariantCulture) + suffix))
            count++;
        return count > 0 ? count : throw Wrong($"there is no tensor '{prefix}0{suffix}'");
    }

    private IReadOnlyList<int> Shape(string name, int dimensions)
    {
        if (!shapes.TryGetValue(name, out IReadOnlyList<int>? shape))
            throw Wrong($"there is no tensor '{name}', by transformers' name");
        return shape.Count == dimensions && shape.All(size => size > 0)
            ? shape
            : throw Wrong($"tensor '{name}' has shape [{string.Join(", ", shape)}]; expected {dimensions} sizes");
    }

    private InvalidDataException Wrong(string message) => new($"{file}: {message}.");
}
