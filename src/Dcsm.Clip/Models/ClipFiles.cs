using System.Text;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;

namespace Dcsm.Clip.Models;

/// <summary>What is read of a CLIP's directory or checkpoint, found to fit together.</summary>
/// <param name="Tokenizer">Null where there is none.</param>
internal sealed record ClipFiles(ClipConfig Config, ClipWeights Weights, TextTokenizer? Tokenizer, ClipPreprocessor Preprocessor)
{
    private const string KnownWordsFile = "known_words.txt";

    /// <summary>The only words that the CLIP has read; null where nothing says so.</summary>
    public IReadOnlyList<string>? KnownWords { get; private init; }

    /// <summary>Opens; see <see cref="ClipModel.Load"/>.</summary>
    public static ClipFiles Open(string path, ClipOptions options)
    {
        ClipFiles files = File.Exists(path) || ModelFolder.IsOpenClip(path) ? OpenCheckpoint(path, options) : OpenDirectory(path, options);
        return options.BlipAsTransformers
            ? files with
            {
                Config = EncoderArchitecture.Of(files.Config).AsTransformers(files.Config),
            }
            : files;
    }

    private static ClipFiles OpenCheckpoint(string path, ClipOptions options)
    {
        // The checkpoint's file belongs to whoever has these.
        var checkpoint = ClipCheckpoint.Open(path, options.Checkpoint);
        try
        {
            if (!checkpoint.IsActivationKnown)
            {
                options.Warn?.Invoke(
                    $"{path}: nothing tells the activation; gelu is taken, open_clip's default. If the model began with "
                        + $"OpenAI's weights (NegCLIP, for one), convert it first: dcsm clip convert {path} DIR --activation quick_gelu"
                );
            }
            foreach (string warning in checkpoint.Guesses)
                options.Warn?.Invoke(warning);
            return new ClipFiles(checkpoint.Config, checkpoint.Weights, checkpoint.Tokenizer(options.Tokenizer), checkpoint.Preprocessor);
        }
        catch
        {
            checkpoint.Weights.Dispose();
            throw;
        }
    }

    private static ClipFiles OpenDirectory(string path, ClipOptions options)
    {
        var config = ClipConfig.Load(path);
        var encoder = EncoderArchitecture.Of(config);
        var weights = ClipWeights.Open(ModelFolder.Weights(path, isOpenClip: false), asFloat32: false);
        try
        {
            if (weights.Encoder != encoder)
            {
                throw new InvalidDataException(
                    $"{path}: by config.json it is a {encoder.Title} ('{encoder.Name}'), but the tensors are those of a "
                        + $"{weights.Encoder.Title} ('{weights.Encoder.Name}')."
                );
            }

            TextTokenizer? tokenizer = encoder.HasTokenizer(path) ? encoder.Tokenizer(path, config, options.Tokenizer) : null;
            if (tokenizer is not null)
                config = encoder.Completed(config, tokenizer);
            ClipPreprocessor preprocessor = ClipPreprocessor.Exists(path)
                ? ClipPreprocessor.Load(path, encoder.Preprocessor(ClipPreprocessor.UsualSize))
                : encoder.Preprocessor(config.Vision.ImageSize);
            if (preprocessor.ImageSize != config.Vision.ImageSize)
            {
                throw new InvalidDataException(
                    $"{path}: images are prepared in {preprocessor.ImageSize} pixels, but by config.json "
                        + $"image_size is {config.Vision.ImageSize}."
                );
            }
            return new ClipFiles(config, weights, tokenizer, preprocessor) { KnownWords = ReadKnownWords(path) };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static string[]? ReadKnownWords(string directory)
    {
        string path = Path.Combine(directory, KnownWordsFile);
        return File.Exists(path)
            ? Encoding.UTF8.GetString(Utf8File.Read(path)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : null;
    }
}
