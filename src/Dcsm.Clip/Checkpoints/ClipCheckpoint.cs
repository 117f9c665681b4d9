using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>
/// A CLIP in a PyTorch checkpoint: an archive of OpenAI, a state dict of open_clip or of transformers, read as the
/// Hugging Face directory that it can be saved as.
/// </summary>
/// <remarks>
/// The architecture is read off the tensors' shapes. Heads and activation are not stored; where they can't be known,
/// <see cref="ClipCheckpointOptions"/> tells them.
/// </remarks>
public sealed class ClipCheckpoint : IDisposable
{
    private const string WeightsFileName = ClipWeights.FileName;

    private readonly Lazy<string> _fingerprint;

    private ClipCheckpoint(PyTorchCheckpoint file, ClipCheckpointOptions options)
    {
        var found = ClipStateDict.Find(file);
        Format = found.Format;
        OpenClipConfig? openClip = ReadConfig(file.Path, found.Format, options);
        ClipActivation activation = options.Activation ?? openClip?.Activation ?? UsualActivation(file, found.Format);
        Func<int, int>? visionHeads =
            options.VisionHeads is { } heads ? _ => heads
            : openClip is null ? null
            : width => Math.Max(1, width / openClip.VisionHeadWidth);
        Config =
            ReadConfigOfDirectory(file.Path, found.Format)
            ?? new ClipShapes(file.Path, found.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Shape)).Config(
                activation,
                visionHeads,
                options.TextHeads ?? openClip?.TextHeads
            );
        IsActivationKnown =
            options.Activation is not null || openClip is not null || found.Format != ClipCheckpointFormat.OpenClip || NamesQuickGelu(file);
        Preprocessor = new ClipPreprocessor(Config.Vision.ImageSize);
        openClip?.Apply(Preprocessor);

        Weights = ClipWeights.Of(file, found.Tensors);
        OnnxWeight[] used = [.. ClipGraphs.Vision(Config, "").Weights, .. ClipGraphs.Text(Config, "").Weights];
        foreach (OnnxWeight weight in used)
            Weights.Check(weight);
        _fingerprint = new(() => ClipFingerprint.Compute(Config, Weights, used));
    }

    /// <summary>Opens a checkpoint and checks that every tensor of its CLIP is there. Nothing of the file is run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not tell.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no checkpoint of a CLIP that can be run; the message says why.</exception>
    public static ClipCheckpoint Open(string path, ClipCheckpointOptions? options = null)
    {
        var file = PyTorchCheckpoint.Open(path);
        try
        {
            return new ClipCheckpoint(file, options ?? new ClipCheckpointOptions());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whose names the tensors carry in the file.</summary>
    public ClipCheckpointFormat Format { get; }

    /// <summary>The architecture.</summary>
    public ClipConfig Config { get; }

    /// <summary>False where the activation is open_clip's default and nothing tells whether it is this model's.</summary>
    public bool IsActivationKnown { get; }

    /// <summary>Whether the vocabulary has the size of the published one, which <see cref="ClipTokenizer.BuiltIn"/> makes.</summary>
    public bool HasUsualVocabulary => Config.Text.VocabularySize == ClipVocabulary.Size;

    /// <summary>The fingerprint of the directory that <see cref="Save"/> writes.</summary>
    public string Fingerprint => _fingerprint.Value;

    internal ClipPreprocessor Preprocessor { get; }

    internal ClipWeights Weights { get; }

    /// <summary>
    /// Writes a Hugging Face directory: weights as float32, <c>preprocessor_config.json</c>, the vocabulary if it is the
    /// usual one, and <c>config.json</c> last. Each file is written under a temporary name, then renamed.
    /// </summary>
    /// <param name="directory">The directory; made if it is not there.</param>
    /// <param name="cancellationToken">Stops between tensors.</param>
    public void Save(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory.CreateDirectory(directory);
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
        SafetensorsWriter.Write(Path.Combine(directory, WeightsFileName), tensors, new Dictionary<string, string> { ["format"] = "pt" });
        Preprocessor.Save(directory);
        if (HasUsualVocabulary)
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

    private static OpenClipConfig? ReadConfig(string path, ClipCheckpointFormat format, ClipCheckpointOptions options)
    {
        if (options.ConfigFile is { } given)
            return OpenClipConfig.Load(given);
        string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, OpenClipConfig.FileName);
        return format == ClipCheckpointFormat.OpenClip && File.Exists(beside) ? OpenClipConfig.Load(beside) : null;
    }

    private static ClipConfig? ReadConfigOfDirectory(string path, ClipCheckpointFormat format)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return
            format == ClipCheckpointFormat.HuggingFace
            && Path.GetFileName(path) == ClipWeights.PyTorchName
            && File.Exists(Path.Combine(directory, "config.json"))
            ? ClipConfig.Load(directory)
            : null;
    }

    private static ClipActivation UsualActivation(PyTorchCheckpoint file, ClipCheckpointFormat format) =>
        format != ClipCheckpointFormat.OpenClip || NamesQuickGelu(file) ? ClipActivation.QuickGelu : ClipActivation.Gelu;

    // open_clip's training script saves the run's name, which has the model's name in it.
    private static bool NamesQuickGelu(PyTorchCheckpoint file) =>
        file.Root is PyTorchObject root
        && root.TryGet<string>("name", out string? name)
        && (name.Contains("quickgelu", StringComparison.OrdinalIgnoreCase) || name.Contains("openai", StringComparison.OrdinalIgnoreCase));
}
