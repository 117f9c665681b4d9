using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>
/// A CLIP in a checkpoint: an archive of OpenAI, weights of open_clip or of transformers, as PyTorch or safetensors keep them, read as the
/// Hugging Face directory that it can be saved as.
/// </summary>
/// <remarks>
/// The architecture is read off the tensors' shapes. Heads and activation are not stored; where they can't be known,
/// <see cref="ClipCheckpointOptions"/> tells them.
/// </remarks>
public sealed class ClipCheckpoint : IDisposable
{
    private readonly Lazy<string> _fingerprint;
    private readonly string _folder;

    private ClipCheckpoint(string path, string file, ClipWeights weights, ClipCheckpointOptions options)
    {
        (Weights, Format) = (weights, weights.Format);
        _folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        OpenClipConfig? openClip = ReadConfig(_folder, weights, options);
        bool isHuggingFace = Format == ClipCheckpointFormat.HuggingFace && ClipConfig.Exists(_folder);
        Config =
            isHuggingFace ? ClipConfig.Load(_folder)
            : Format == ClipCheckpointFormat.HuggingFace && weights.Encoder.Name != ClipConfig.Clip
                ? throw new FileNotFoundException($"{path}: is a {weights.Encoder.Title}, and its config.json must lie beside it.", path)
            : ReadShapes(path, weights, openClip, options);
        IsActivationKnown =
            options.Activation is not null
            || openClip is not null
            || Format != ClipCheckpointFormat.OpenClip
            || NamesQuickGelu(weights.RunName);
        Preprocessor =
            isHuggingFace && ClipPreprocessor.Exists(_folder)
                ? ClipPreprocessor.Load(_folder)
                : openClip?.Preprocessor(Config.Vision.ImageSize) ?? weights.Encoder.Preprocessor(Config.Vision.ImageSize);
        if (Preprocessor.ImageSize != Config.Vision.ImageSize)
        {
            throw new InvalidDataException(
                $"{_folder}: images are prepared in {Preprocessor.ImageSize} pixels, but the model's image_size is "
                    + $"{Config.Vision.ImageSize}."
            );
        }

        var source = new GraphWeights("", Weights.Check);
        OnnxWeight[] used = [.. weights.Encoder.Vision(Config, source).Weights, .. weights.Encoder.Text(Config, source).Weights];
        Warnings = Weights.DescribeUnused(used) is { } unused ? [.. Guesses, unused] : Guesses;
        _fingerprint = new(() => ClipFingerprint.Compute(Config, Weights, used));
    }

    /// <summary>Opens a checkpoint and checks that every tensor of its CLIP is there. Nothing of the file is run.</summary>
    /// <param name="path">
    /// A PyTorch checkpoint, a safetensors file, or a directory as open_clip or transformers lays it out.
    /// </param>
    /// <param name="options">What the file does not tell.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or the directory has no weights.</exception>
    /// <exception cref="InvalidDataException">It is no checkpoint of a CLIP that can be run; the message says why.</exception>
    public static ClipCheckpoint Open(string path, ClipCheckpointOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = path;
        if (Directory.Exists(path))
            file = ModelFolder.Weights(path, ModelFolder.IsOpenClip(path));
        else
            ModelFolder.CheckName(path);
        var weights = ClipWeights.Open(file, asFloat32: true);
        try
        {
            return new ClipCheckpoint(path, file, weights, options ?? new ClipCheckpointOptions());
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Whose names the tensors carry in the file.</summary>
    public ClipCheckpointFormat Format { get; }

    /// <summary>The architecture.</summary>
    public ClipConfig Config { get; }

    /// <summary>False where the activation is open_clip's default and nothing tells whether it is this model's.</summary>
    public bool IsActivationKnown { get; }

    /// <summary>What had to be guessed or is left out, in sentences for the person; the activation is not among them.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Whether the vocabulary has the size of the published one, which <see cref="ClipTokenizer.BuiltIn"/> makes.</summary>
    public bool HasUsualVocabulary => Config.Text.VocabularySize == ClipVocabulary.Size;

    /// <summary>Whether a tokenizer lies beside the weights, in the same folder, with no more tokens than the CLIP has.</summary>
    public bool HasTokenizerBeside =>
        Weights.Encoder.HasTokenizer(_folder)
        && (Weights.Encoder is not OpenAIEncoder || ClipTokenizer.Load(_folder).VocabularySize <= Config.Text.VocabularySize);

    /// <summary>The fingerprint of the directory that <see cref="Save"/> writes.</summary>
    public string Fingerprint => _fingerprint.Value;

    internal ClipPreprocessor Preprocessor { get; }

    internal IReadOnlyList<string> Guesses { get; private set; } = [];

    internal ClipWeights Weights { get; }

    /// <summary>The tokenizer that lies beside the weights, or else the usual one where the vocabulary is; else null.</summary>
    internal TextTokenizer? Tokenizer(TokenizerFlavor flavor) =>
        HasTokenizerBeside ? Weights.Encoder.Tokenizer(_folder, Config, flavor)
        : HasUsualVocabulary ? ClipTokenizer.BuiltIn(flavor)
        : null;

    /// <summary>
    /// Writes a Hugging Face directory: weights as float32, <c>preprocessor_config.json</c>, the tokenizer that lies beside the weights (if
    /// none does, the usual one where the vocabulary is), and <c>config.json</c> last. Each file is written under a temporary name, then
    /// renamed.
    /// </summary>
    /// <param name="directory">The directory; made if it is not there.</param>
    /// <param name="cancellationToken">Stops between tensors.</param>
    public void Save(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (Config.Architecture != ClipConfig.Clip)
        {
            throw new InvalidDataException(
                $"{_folder}: is a {Weights.Encoder.Title}, and only CLIPs are converted; it can be opened as it is."
            );
        }

        Directory.CreateDirectory(directory);
        Preprocessor.Save(directory);
        TensorToWrite[] tensors =
        [
            .. Weights.Tensors.Select(tensor => new TensorToWrite(
                tensor.Key,
                tensor.Value.Shape,
                () =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return tensor.Value.Read();
                }
            )),
        ];
        SafetensorsWriter.Write(
            Path.Combine(directory, ModelFolder.WeightsName),
            tensors,
            new Dictionary<string, string> { ["format"] = "pt" }
        );
        if (HasTokenizerBeside)
            TokenizerFiles.Copy(_folder, directory);
        else if (HasUsualVocabulary)
            ClipVocabulary.Save(directory, Config.Text.ContextLength);
        Config.Save(directory);
    }

    /// <summary>Compares the weights with those of another CLIP, number by number.</summary>
    /// <param name="clip">The other CLIP.</param>
    /// <returns>The name of the first tensor that differs or is missing there; null if none does.</returns>
    public string? FirstDifference(ClipModel clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return Weights
            .Tensors.Keys.Order(StringComparer.Ordinal)
            .FirstOrDefault(name =>
                !clip.Weights.Tensors.TryGetValue(name, out StoredTensor? other)
                || !other.Shape.SequenceEqual(Weights.Tensors[name].Shape)
                || !other.Read().AsSpan().SequenceEqual(Weights.Tensors[name].Read())
            );
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Weights.Dispose();

    private ClipConfig ReadShapes(string path, ClipWeights weights, OpenClipConfig? openClip, ClipCheckpointOptions options)
    {
        ClipActivation activation =
            options.Activation
            ?? openClip?.Activation
            ?? (
                Format != ClipCheckpointFormat.OpenClip || NamesQuickGelu(weights.RunName) ? ClipActivation.QuickGelu : ClipActivation.Gelu
            );
        Func<int, int>? visionHeads =
            options.VisionHeads is { } heads ? _ => heads
            : weights.Encoder.Shapes.VisionHeads is { } known ? known
            : openClip is null ? null
            : width => Math.Max(1, width / openClip.VisionHeadWidth);
        var shapes = new ClipShapes(
            path,
            weights.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Shape),
            weights.Encoder.Shapes
        );
        ClipConfig config = shapes.Config(activation, visionHeads, options.TextHeads ?? openClip?.TextHeads);
        Guesses = shapes.Guesses;
        return weights.Encoder.Read(
            config with
            {
                Vision = config.Vision with { LayerNormEpsilon = openClip?.VisionEpsilon ?? config.Vision.LayerNormEpsilon },
                Text = config.Text with { LayerNormEpsilon = openClip?.TextEpsilon ?? config.Text.LayerNormEpsilon },
            },
            openClip
        );
    }

    private static OpenClipConfig? ReadConfig(string folder, ClipWeights weights, ClipCheckpointOptions options)
    {
        string beside = Path.Combine(folder, OpenClipConfig.FileName);
        string? file = options.ConfigFile ?? (weights.Format == ClipCheckpointFormat.OpenClip && File.Exists(beside) ? beside : null);
        return file is null ? null : OpenClipConfig.Load(file, weights.Encoder.OpenClipKeys);
    }

    // open_clip's training script saves the run's name, which has the model's name in it.
    private static bool NamesQuickGelu(string? runName) =>
        runName is not null
        && (
            runName.Contains("quickgelu", StringComparison.OrdinalIgnoreCase)
            || runName.Contains("openai", StringComparison.OrdinalIgnoreCase)
        );
}
