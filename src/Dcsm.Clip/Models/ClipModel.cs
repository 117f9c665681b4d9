using System.Runtime.InteropServices;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Int8;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Models;

/// <summary>
/// A frozen CLIP, opened from a Hugging Face directory as it is (<c>config.json</c>, <c>model.safetensors</c> or
/// shards, <c>vocab.json</c> and <c>merges.txt</c>, <c>preprocessor_config.json</c>) or from a checkpoint of OpenAI or
/// open_clip, and run by ONNX Runtime in float32 on the CPU; image towers in int8 too (<see cref="ClipOptions.Precision"/>). Weights stay in
/// the memory-mapped file.
/// </summary>
/// <remarks>
/// Encoding is thread-safe. The computation is that of transformers' <c>CLIPModel</c>, of ResNets that of openai/CLIP. A
/// ResNet's image tokens are ours: the pooled one, and for each place of the grid that the attention pooling reads its
/// value and output projections of that place.
/// </remarks>
public sealed class ClipModel : IDisposable
{
    private readonly ClipWeights _weights;
    private readonly ClipTokenizer? _tokenizer;
    private readonly ClipOptions _options;
    private readonly Lazy<ClipTower> _vision;
    private readonly Lazy<Int8Tower> _vision8;
    private readonly Lazy<ClipTower> _text;
    private readonly Lazy<string> _fingerprint;
    private bool _disposed;

    private ClipModel(
        string directory,
        ClipConfig config,
        ClipWeights weights,
        ClipTokenizer? tokenizer,
        ClipPreprocessor preprocessor,
        ClipOptions options
    )
    {
        Directory = directory;
        Config = config;
        Preprocessor = preprocessor;
        _weights = weights;
        _tokenizer = tokenizer;
        _options = options;
        if (!Enum.IsDefined(options.Precision))
            throw new ArgumentException($"{options.Precision} is not a precision.");
        if (options.Precision == ClipPrecision.Int8 && config.Vision.ResNet is not null)
            throw new ArgumentException($"{directory}: the image tower is a ResNet, and int8 is for vision transformers; take float32.");
        string weightsFile = Path.GetFileName(weights.AnyFile);
        OnnxGraph vision = ClipGraphs.Vision(config, weightsFile);
        OnnxGraph text = ClipGraphs.Text(config, weightsFile);
        foreach (OnnxWeight? weight in vision.Weights.Concat(text.Weights))
            weights.Check(weight);
        _vision = new(() => new ClipTower(vision, "vision", weights, config, options, mayReorder: config.Vision.ResNet is null));
        _vision8 = new(() => new Int8Tower(weights, config, options.Threads));
        _text = new(() => new ClipTower(text, "text", weights, config, options));
        _fingerprint = new(() => ClipFingerprint.Compute(config, weights, vision.Weights.Concat(text.Weights)));
    }

    /// <summary>Opens a CLIP directory, or a checkpoint file of OpenAI or open_clip. Every tensor's presence and shape is checked at once.</summary>
    /// <param name="directory">The directory, or a checkpoint as <see cref="ClipCheckpoint"/> reads it. A tokenizer may be missing: then <see cref="Tokenizer"/> says so when it is first needed. Without <c>preprocessor_config.json</c>, images are prepared as CLIP usually does.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException"><c>config.json</c> or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the files do not fit together; the message names file and tensor or field.</exception>
    /// <exception cref="ArgumentException">The image tower is a ResNet, and int8 is asked for.</exception>
    public static ClipModel Load(string directory, ClipOptions? options = null)
    {
        options ??= new ClipOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        if (File.Exists(directory))
        {
            // From here on the checkpoint's file belongs to the model.
            var checkpoint = ClipCheckpoint.Open(directory, options.Checkpoint);
            if (!checkpoint.IsActivationKnown)
            {
                options.Warn?.Invoke(
                    $"{directory}: nothing tells the activation; gelu is taken, open_clip's default. If the model began with OpenAI's weights (NegCLIP, for one), convert it first: dcsm clip convert {directory} DIR --activation quick_gelu"
                );
            }

            try
            {
                return new ClipModel(
                    directory,
                    checkpoint.Config,
                    checkpoint.Weights,
                    checkpoint.HasUsualVocabulary ? ClipTokenizer.BuiltIn(options.Tokenizer) : null,
                    checkpoint.Preprocessor,
                    options
                );
            }
            catch
            {
                checkpoint.Weights.Dispose();
                throw;
            }
        }
        var config = ClipConfig.Load(directory);
        var weights = ClipWeights.Open(directory);
        try
        {
            ClipTokenizer? tokenizer = TokenizerFiles.Exist(directory) ? ClipTokenizer.Load(directory, options.Tokenizer) : null;
            if (tokenizer?.VocabularySize > config.Text.VocabularySize)
            {
                throw new InvalidDataException(
                    $"{directory}: the tokenizer has ids up to {tokenizer.VocabularySize - 1}, but by config.json vocab_size is {config.Text.VocabularySize}."
                );
            }

            ClipPreprocessor preprocessor = ClipPreprocessor.Exists(directory)
                ? ClipPreprocessor.Load(directory)
                : new ClipPreprocessor(config.Vision.ImageSize);
            if (preprocessor.ImageSize != config.Vision.ImageSize)
            {
                throw new InvalidDataException(
                    $"{directory}: preprocessor_config.json makes images of {preprocessor.ImageSize} pixels, but by config.json image_size is {config.Vision.ImageSize}."
                );
            }

            return new ClipModel(directory, config, weights, tokenizer, preprocessor, options);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The architecture.</summary>
    public ClipConfig Config { get; }

    /// <summary>What becomes of the transparent parts of pictures.</summary>
    public Transparency Transparency => _options.Transparency;

    /// <summary>What the image tower is computed in.</summary>
    public ClipPrecision Precision => _options.Precision;

    /// <summary>The tokenizer of this CLIP.</summary>
    /// <exception cref="FileNotFoundException">The directory has none, or the checkpoint's vocabulary is not the usual one.</exception>
    public ClipTokenizer Tokenizer =>
        _tokenizer
        ?? (
            File.Exists(Directory)
                ? throw new FileNotFoundException(
                    $"{Directory}: a checkpoint comes without its tokenizer, and a vocabulary of {Config.Text.VocabularySize} tokens is not the usual one of {ClipVocabulary.Size}; convert it to a directory and add vocab.json and merges.txt."
                )
                : ClipTokenizer.Load(Directory, _options.Tokenizer)
        );

    /// <summary>The image preparation of this CLIP.</summary>
    public ClipPreprocessor Preprocessor { get; }

    /// <summary>
    /// "sha256:…" over architecture and weights as they are stored; the same wherever the CLIP lies and however its
    /// weights are split into files. Computed when first asked for.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Trained numbers in both towers and the logit scale.</summary>
    public long Parameters => _weights.Parameters;

    /// <summary>How the trained numbers are stored, the most frequent type first. They are computed with as float32.</summary>
    public IReadOnlyList<TensorType> StoredTypes => _weights.StoredTypes;

    /// <summary>The directory or file it was opened from.</summary>
    public string Directory { get; }

    /// <summary>Side of the square image, in pixels.</summary>
    public int ImageSize => Config.Vision.ImageSize;

    /// <summary>Tokens of an image: CLS and the patches.</summary>
    public int ImageTokens => Config.Vision.Tokens;

    /// <summary>Width of the joint space.</summary>
    public int Dimension => Config.ProjectionDim;

    /// <summary>Encodes normalized pixels.</summary>
    /// <param name="pixels">[<paramref name="count"/>, 3, S, S], as <see cref="ClipPreprocessor.Preprocess"/> makes them.</param>
    /// <param name="count">Number of images.</param>
    /// <exception cref="ArgumentException">The number of values is not count · 3 · S · S.</exception>
    public ImageEncoding EncodePixels(ReadOnlyMemory<float> pixels, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int imageLength = 3 * ImageSize * ImageSize;
        if (pixels.Length != (long)count * imageLength)
        {
            throw new ArgumentException(
                $"{count} images of 3 × {ImageSize} × {ImageSize} take {(long)count * imageLength} values, not {pixels.Length}.",
                nameof(pixels)
            );
        }

        float[] tokens = new float[checked(count * ImageTokens * Dimension)];
        RunVision(pixels, count, tokens, 0);
        return Images(tokens, count);
    }

    /// <summary>The grid of features that a ResNet's attention pooling reads.</summary>
    /// <param name="pixels">[<paramref name="count"/>, 3, S, S], as <see cref="ClipPreprocessor.Preprocess"/> makes them.</param>
    /// <param name="count">Number of images.</param>
    /// <returns>[<paramref name="count"/>, 32 · width, S/32, S/32], row-major, not normalized.</returns>
    /// <exception cref="ArgumentException">The number of values is not count · 3 · S · S.</exception>
    /// <exception cref="InvalidOperationException">The image tower is a vision transformer.</exception>
    public float[] EncodeGrid(ReadOnlyMemory<float> pixels, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ClipVisionConfig vision = Config.Vision;
        if (vision.ResNet is null)
        {
            throw new InvalidOperationException(
                $"{Directory}: the image tower is a vision transformer; only a ResNet has a grid before its pooling."
            );
        }

        if (pixels.Length != (long)count * 3 * ImageSize * ImageSize)
        {
            throw new ArgumentException(
                $"{count} images of 3 × {ImageSize} × {ImageSize} take {(long)count * 3 * ImageSize * ImageSize} values, not {pixels.Length}.",
                nameof(pixels)
            );
        }

        float[] grid = new float[checked(count * vision.HiddenSize * vision.Grid * vision.Grid)];
        _vision.Value.Run(
            [ClipGraphs.Pixels],
            [PixelValue(pixels, count)],
            ResNetGraph.Grid,
            grid,
            [count, vision.HiddenSize, vision.Grid, vision.Grid]
        );
        return grid;
    }

    /// <summary>Decodes, prepares and encodes image files, batch by batch; the next batch is decoded while one is encoded.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Stops between files and between runs of the network.</param>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is not a readable picture.</exception>
    public ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return EncodeImageBatches([paths], cancellationToken).Single();
    }

    /// <summary>
    /// Encodes image files lot after lot. The files are decoded ahead, also while the caller works on a lot, two batches of
    /// <see cref="ClipOptions.BatchSize"/> at most.
    /// </summary>
    /// <param name="lots">The files of each lot.</param>
    /// <param name="cancellationToken">Stops between files and between runs of the network.</param>
    /// <returns>Each lot's encoding, when it is asked for. Files are not read beyond a bad one, and only while this is enumerated.</returns>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is not a readable picture.</exception>
    public IEnumerable<ImageEncoding> EncodeImageBatches(
        IReadOnlyList<IReadOnlyList<string>> lots,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(lots);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return EncodeBatches(lots, cancellationToken);
    }

    /// <summary>Tokenizes and encodes captions.</summary>
    /// <param name="texts">The captions.</param>
    /// <param name="textTokens">Tokens of each caption in <see cref="TextEncoding.Tokens"/>: shorter ones are padded, and the padding attends to real tokens only; longer ones are cut.</param>
    /// <returns>The tokens, and pooled embeddings of the captions cut at the full context length.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="textTokens"/> is below 2 or above CLIP's context length.</exception>
    public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(textTokens, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(textTokens, Config.Text.ContextLength);
        ClipTokenizer tokenizer = Tokenizer;
        TextEncoding encoding = EncodeTokens([.. texts.Select(text => tokenizer.Tokenize(text, textTokens))]);

        // Pooled embeddings come from the whole caption; only captions that were cut need a second look.
        var cut = Enumerable
            .Range(0, texts.Count)
            .Where(i => encoding.Texts[i].Truncated && textTokens < Config.Text.ContextLength)
            .ToList();
        foreach (int[] batch in cut.Chunk(CaptionsAtOnce(Config.Text.ContextLength)))
        {
            var whole = batch.Select(i => tokenizer.Tokenize(texts[i], Config.Text.ContextLength)).ToList();
            // What follows the pooled token can't reach it, attention being causal.
            int length = whole.Max(text => PooledToken(text.Ids)) + 1;
            float[] tokens = new float[batch.Length * length * Dimension];
            RunText(whole, length, tokens, 0);
            for (int i = 0; i < batch.Length; i++)
                Pool(tokens, (i * length) + PooledToken(whole[i].Ids), encoding.Pooled, batch[i]);
        }
        return encoding;
    }

    /// <summary>Encodes captions that are token ids already; pooled embeddings are of these ids too.</summary>
    /// <param name="texts">The captions, all padded to the same number of ids. <see cref="TokenizedText.Length"/> is where the padding begins that real tokens do not attend to.</param>
    /// <exception cref="ArgumentException">They differ in length, are longer than CLIP's context, or hold an id that is not in the vocabulary.</exception>
    public TextEncoding EncodeTokens(IReadOnlyList<TokenizedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ObjectDisposedException.ThrowIf(_disposed, this);
        int length = texts.Count == 0 ? 1 : texts[0].Ids.Length;
        if (length < 1 || length > Config.Text.ContextLength)
        {
            throw new ArgumentException(
                $"{length} token ids are not from 1 to {Config.Text.ContextLength}, the context length.",
                nameof(texts)
            );
        }

        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Ids.Length != length)
                throw new ArgumentException($"Caption {i} has {texts[i].Ids.Length} ids, but the first one has {length}.", nameof(texts));
            foreach (int id in texts[i].Ids)
            {
                if (id < 0 || id >= Config.Text.VocabularySize)
                {
                    throw new ArgumentException(
                        $"Caption {i} has the token id {id}; there are ids from 0 to {Config.Text.VocabularySize - 1}.",
                        nameof(texts)
                    );
                }
            }
        }
        float[] tokens = new float[checked(texts.Count * length * Dimension)];
        var pooled = new TokenEmbeddings(new float[texts.Count * Dimension], texts.Count, 1, Dimension);
        int atOnce = CaptionsAtOnce(length);
        for (int start = 0; start < texts.Count; start += atOnce)
            RunText([.. texts.Skip(start).Take(atOnce)], length, tokens, start);
        for (int i = 0; i < texts.Count; i++)
            Pool(tokens, (i * length) + PooledToken(texts[i].Ids), pooled, i);
        return new TextEncoding(new TokenEmbeddings(tokens, texts.Count, length, Dimension), pooled, texts);
    }

    /// <summary>Closes the model and the mapped weights.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_vision.IsValueCreated)
            _vision.Value.Dispose();
        if (_vision8.IsValueCreated)
            _vision8.Value.Dispose();
        if (_text.IsValueCreated)
            _text.Value.Dispose();
        _weights.Dispose();
    }

    private IEnumerable<ImageEncoding> EncodeBatches(IReadOnlyList<IReadOnlyList<string>> lots, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var pictures = new PreparedPictures(
            [.. lots.SelectMany(lot => lot.Chunk(_options.BatchSize))],
            3 * ImageSize * ImageSize,
            _options.Threads,
            (path, pixels) => Preprocessor.PreprocessFile(path, pixels.Span, _options.Transparency),
            cancellationToken
        );
        foreach (IReadOnlyList<string> lot in lots)
        {
            float[] tokens = new float[checked(lot.Count * ImageTokens * Dimension)];
            for (int done = 0; done < lot.Count; )
            {
                PreparedBatch batch = pictures.Take();
                RunVision(batch.Pixels.AsMemory(0, batch.Count * 3 * ImageSize * ImageSize), batch.Count, tokens, done, cancellationToken);
                pictures.Return(batch);
                done += batch.Count;
            }
            yield return Images(tokens, lot.Count);
        }
    }

    private void RunVision(
        ReadOnlyMemory<float> pixels,
        int count,
        float[] tokens,
        int first,
        CancellationToken cancellationToken = default
    )
    {
        int length = ImageTokens * Dimension,
            imageLength = 3 * ImageSize * ImageSize;
        if (Precision == ClipPrecision.Int8)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _vision8.Value.Run(pixels.Span, count, tokens.AsSpan(first * length, count * length));
            return;
        }
        // Of ResNets nothing was measured.
        int atOnce = Config.Vision.ResNet is null
            ? RunSize.Items(ImageTokens, Config.Vision.IntermediateSize, _options.BatchSize)
            : _options.BatchSize;
        for (int start = 0; start < count; start += atOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int run = Math.Min(atOnce, count - start);
            _vision.Value.Run(
                [ClipGraphs.Pixels],
                [PixelValue(pixels.Slice(start * imageLength, run * imageLength), run)],
                tokens.AsMemory((first + start) * length, run * length),
                run * ImageTokens
            );
        }
    }

    internal ClipWeights Weights => _weights;

    private int CaptionsAtOnce(int tokens) => RunSize.Items(tokens, Config.Text.IntermediateSize, _options.BatchSize);

    internal ClipOptions Options => _options;

    private OrtValue PixelValue(ReadOnlyMemory<float> pixels, int count) =>
        OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            MemoryMarshal.AsMemory(pixels),
            [count, 3, ImageSize, ImageSize]
        );

    private void RunText(List<TokenizedText> texts, int length, float[] tokens, int first)
    {
        long[] ids = new long[texts.Count * length];
        float[] mask = new float[texts.Count * length * length];
        mask.AsSpan().Fill(float.MinValue);
        for (int i = 0; i < texts.Count; i++)
        {
            for (int query = 0; query < length; query++)
            {
                ids[(i * length) + query] = texts[i].Ids[query];
                // Causal, and no one attends to padding, not even padding itself.
                mask.AsSpan(((i * length) + query) * length, Math.Min(query + 1, Math.Max(1, texts[i].Length))).Clear();
            }
        }
        OrtValue[] inputs =
        [
            OrtValue.CreateTensorValueFromMemory(ids, [texts.Count, length]),
            OrtValue.CreateTensorValueFromMemory(mask, [texts.Count, 1, length, length]),
        ];
        int size = length * Dimension;
        _text.Value.Run([ClipGraphs.Ids, ClipGraphs.Mask], inputs, tokens.AsMemory(first * size, texts.Count * size), texts.Count * length);
    }

    // transformers, CLIPTextTransformer.forward: with the eos_token_id 2 of old files, at the largest id.
    private int PooledToken(int[] ids) =>
        Config.Text.EndToken == 2 ? Array.IndexOf(ids, ids.Max()) : Math.Max(0, Array.IndexOf(ids, Config.Text.EndToken));

    private ImageEncoding Images(float[] tokens, int count)
    {
        // The class token after post-layer-norm and projection is the image embedding itself.
        var pooled = new TokenEmbeddings(new float[count * Dimension], count, 1, Dimension);
        for (int i = 0; i < count; i++)
            Pool(tokens, i * ImageTokens, pooled, i);
        return new ImageEncoding(new TokenEmbeddings(tokens, count, ImageTokens, Dimension), pooled);
    }

    private void Pool(float[] tokens, int token, TokenEmbeddings pooled, int item) =>
        tokens.AsSpan(token * Dimension, Dimension).CopyTo(pooled.Values.AsSpan(item * Dimension));
}
