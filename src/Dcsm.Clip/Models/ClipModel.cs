using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Int8;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Models;

/// <summary>
/// A frozen CLIP or another dual encoder (SigLIP, BLIP, CoCa: <see cref="ClipConfig.Architecture"/>), opened from a Hugging Face
/// directory as it is (<c>config.json</c>, <c>model.safetensors</c> or shards, <c>vocab.json</c> and <c>merges.txt</c>,
/// <c>preprocessor_config.json</c>) or from a checkpoint of OpenAI or open_clip, and run by ONNX Runtime in float32 on the CPU; image
/// towers in int8 too (<see cref="ClipOptions.Precision"/>). Weights stay in the memory-mapped file.
/// </summary>
/// <remarks>
/// Encoding is thread-safe. The computation is that of transformers' <c>CLIPModel</c>, of ResNets that of openai/CLIP. A
/// ResNet's image tokens are ours: the pooled one, and for each place of the grid that the attention pooling reads its
/// value and output projections of that place; those of SigLIP and CoCa, which pool by attention too, likewise.
/// </remarks>
public sealed class ClipModel : IDisposable
{
    private readonly ClipFiles _files;
    private readonly Lazy<IImageTower> _imageTower;
    private readonly ImageEncoder _images;
    private readonly TextEncoder _texts;
    private readonly Lazy<string> _fingerprint;
    private readonly UseCount _uses;

    private ClipModel(string directory, ClipFiles files, ClipOptions options)
    {
        (Directory, _files, Options) = (directory, files, options);
        (ClipConfig config, ClipWeights weights) = (files.Config, files.Weights);
        if (!Enum.IsDefined(options.Precision))
            throw new ArgumentException($"{options.Precision} is not a precision.", nameof(options));
        if (options.Precision == ClipPrecision.Int8 && config.Vision.ResNet is not null)
            throw new ArgumentException($"{directory}: the image tower is a ResNet, and int8 is for vision transformers; take float32.");
        var encoder = EncoderArchitecture.Of(config);
        if (options.Precision == ClipPrecision.Int8 && !encoder.HasInt8)
            throw new ArgumentException($"{directory}: is a {encoder.Title}, whose image tower can't be computed in int8; take float32.");
        var source = new GraphWeights(Path.GetFileName(weights.AnyFile), weights.Check, IsHalf: options.Precision == ClipPrecision.Float16);
        OnnxGraph vision = encoder.Vision(config, source);
        OnnxGraph text = encoder.Text(config, source);
        PairGraph? pairs = encoder.Pairs(config, source);
        OnnxWeight[] used = [.. vision.Weights, .. text.Weights, .. pairs?.Match.Weights ?? []];
        if (weights.DescribeUnused(used) is { } unused)
            options.Warn?.Invoke(unused);
        _imageTower = new(() =>
            options.Precision == ClipPrecision.Int8
                ? new Int8Tower(weights, config, options, encoder.VisionHead(config, source))
                : new OnnxImageTower(vision, weights, config, options)
        );
        _uses = new UseCount(this);
        _images = new ImageEncoder(config, files.Preprocessor, options, _imageTower, _uses);
        _texts = new TextEncoder(text, encoder.Layout(config), weights, config, options);
        Matcher = pairs is null ? null : new ImageTextMatcher(pairs, encoder.Layout(config), files, options, _uses, () => Tokenizer);
        _fingerprint = new(() => ClipFingerprint.Compute(config, weights, used));
    }

    /// <summary>
    /// Opens a CLIP directory, or a checkpoint file of OpenAI or open_clip. Every tensor's presence and shape is checked at once.
    /// </summary>
    /// <param name="directory">
    /// The directory, or a checkpoint as <see cref="ClipCheckpoint"/> reads it. A tokenizer may be missing: then <see cref="Tokenizer"/>
    /// says so when it is first needed. Without <c>preprocessor_config.json</c>, images are prepared as CLIP usually does.
    /// </param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException"><c>config.json</c> or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or the files do not fit together; the message names file and tensor or field.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The image tower is a ResNet, and int8 is asked for; or a graphics card is, which this build or this machine has not.
    /// </exception>
    public static ClipModel Load(string directory, ClipOptions? options = null)
    {
        options ??= new ClipOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options));
        CudaProvider.Check(options.Device);
        var files = ClipFiles.Open(directory, options);
        try
        {
            return new ClipModel(directory, files, options);
        }
        catch
        {
            files.Weights.Dispose();
            throw;
        }
    }

    /// <summary>The architecture.</summary>
    public ClipConfig Config => _files.Config;

    /// <summary>What becomes of the transparent parts of pictures.</summary>
    public Transparency Transparency => Options.Transparency;

    /// <summary>How pictures are decoded.</summary>
    public PictureOptions Pictures => Options.Pictures;

    /// <summary>What the image tower is computed in.</summary>
    public ClipPrecision Precision => Options.Precision;

    /// <summary>What networks are computed on.</summary>
    public ClipDevice Device => Options.Device;

    /// <summary>The tokenizer of this CLIP.</summary>
    /// <exception cref="FileNotFoundException">The directory has none, or the checkpoint's vocabulary is not the usual one.</exception>
    public TextTokenizer Tokenizer =>
        _files.Tokenizer
        ?? (
            File.Exists(Directory)
                ? throw new FileNotFoundException(
                    $"{Directory}: a checkpoint comes without its tokenizer, and a vocabulary of {Config.Text.VocabularySize} "
                        + $"tokens is not the usual one of {ClipVocabulary.Size}; convert it to a directory and add vocab.json "
                        + $"and merges.txt."
                )
                : EncoderArchitecture.Of(Config).Tokenizer(Directory, Config, Options.Tokenizer)
        );

    /// <summary>The image preparation of this CLIP.</summary>
    public ClipPreprocessor Preprocessor => _files.Preprocessor;

    /// <summary>
    /// "sha256:…" over architecture and weights as they are stored; the same wherever the CLIP lies and however its
    /// weights are split into files. Computed when first asked for.
    /// </summary>
    public string Fingerprint
    {
        get
        {
            if (_fingerprint.IsValueCreated)
                return _fingerprint.Value;
            using UseCount.Use use = _uses.Begin();
            return _fingerprint.Value;
        }
    }

    /// <summary>
    /// The only words that this CLIP has read: <c>known_words.txt</c> of its directory, one a line, in lower case, as
    /// <c>dcsm clip pretrain</c> writes it. Null where there is no such file, as of CLIPs that have read the web.
    /// </summary>
    public IReadOnlyList<string>? KnownWords => _files.KnownWords;

    /// <summary>
    /// What cosines are multiplied by before a softmax: exp of the stored <c>logit_scale</c>, which is CLIP's learned temperature; 100
    /// where none is stored, as openai/CLIP has it.
    /// </summary>
    public double LogitScale
    {
        get
        {
            const double Usual = 100;
            using UseCount.Use use = _uses.Begin();
            return _files.Weights.Tensors.TryGetValue("logit_scale", out StoredTensor? scale) ? Math.Exp(scale.Read()[0]) : Usual;
        }
    }

    /// <summary>
    /// What is added to scaled cosines before a sigmoid: the stored <c>logit_bias</c> of models that judge each pair by itself (SigLIP);
    /// null where none is stored, and a cosine tells only which of several captions fits best.
    /// </summary>
    public double? LogitBias
    {
        get
        {
            using UseCount.Use use = _uses.Begin();
            return _files.Weights.Tensors.TryGetValue("logit_bias", out StoredTensor? bias) ? bias.Read()[0] : null;
        }
    }

    /// <summary>How likely a picture and a caption belong together, by the cosine of their pooled embeddings.</summary>
    /// <param name="cosine">The cosine.</param>
    /// <exception cref="InvalidOperationException">There is no <see cref="LogitBias"/>.</exception>
    public double Probability(double cosine) =>
        LogitBias is { } bias
            ? 1 / (1 + Math.Exp(-((LogitScale * cosine) + bias)))
            : throw new InvalidOperationException($"{Directory}: a cosine of this model is no probability; it has no logit_bias.");

    /// <summary>What judges a picture and a caption together, where the model has such a head (BLIP for retrieval); else null.</summary>
    public ImageTextMatcher? Matcher { get; }

    /// <summary>Trained numbers in both towers and the logit scale.</summary>
    public long Parameters => _files.Weights.Parameters;

    /// <summary>How the trained numbers are stored, the most frequent type first. They are computed with as float32.</summary>
    public IReadOnlyList<TensorType> StoredTypes => _files.Weights.StoredTypes;

    /// <summary>The directory or file it was opened from.</summary>
    public string Directory { get; }

    /// <summary>Side of the square image, in pixels.</summary>
    public int ImageSize => Config.Vision.ImageSize;

    /// <summary>Tokens of an image: CLS and the patches.</summary>
    public int ImageTokens => Config.Vision.Tokens;

    /// <summary>Width of the joint space.</summary>
    public int Dimension => Config.ProjectionDim;

    /// <summary>Encodes normalized pixels.</summary>
    /// <param name="pixels">
    /// [<paramref name="count"/>, 3, S, S], as <see cref="ClipPreprocessor.Preprocess(RgbImage, Span{float})"/> makes them.
    /// </param>
    /// <param name="count">Number of images.</param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <exception cref="ArgumentException">The number of values is not count · 3 · S · S.</exception>
    public ImageEncoding EncodePixels(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken = default)
    {
        _uses.Begin().Dispose();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckPixels(pixels, count);
        return _images.Encode(pixels, count, cancellationToken);
    }

    /// <summary>The grid of features that a ResNet's attention pooling reads.</summary>
    /// <param name="pixels">
    /// [<paramref name="count"/>, 3, S, S], as <see cref="ClipPreprocessor.Preprocess(RgbImage, Span{float})"/> makes them.
    /// </param>
    /// <param name="count">Number of images.</param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <returns>[<paramref name="count"/>, 32 · width, S/32, S/32], row-major, not normalized.</returns>
    /// <exception cref="ArgumentException">The number of values is not count · 3 · S · S.</exception>
    /// <exception cref="InvalidOperationException">The image tower is a vision transformer.</exception>
    public float[] EncodeGrid(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken = default)
    {
        using UseCount.Use use = _uses.Begin();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (Config.Vision.ResNet is null)
        {
            throw new InvalidOperationException(
                $"{Directory}: the image tower is a vision transformer; only a ResNet has a grid before its pooling."
            );
        }

        CheckPixels(pixels, count);
        // A ResNet is always in float32.
        return ((OnnxImageTower)_imageTower.Value).Grid(pixels, count, cancellationToken);
    }

    /// <summary>Decodes, prepares and encodes pictures, batch by batch; the next batch is decoded while one is encoded.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="cancellationToken">Stops between pictures and between operations of the network.</param>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">One is not a readable picture; the message begins with its name.</exception>
    /// <example><code>ImageEncoding images = clip.EncodeImages(["photo.jpg", ImageSource.FromBytes(bytes, "upload.png")]);</code></example>
    public ImageEncoding EncodeImages(IReadOnlyList<ImageSource> images, CancellationToken cancellationToken = default)
    {
        CheckItems(images, nameof(images));
        return EncodeImageBatches([images], null, cancellationToken).Single();
    }

    /// <inheritdoc cref="EncodeImageBatches(IEnumerable{IReadOnlyList{ImageSource}}, Action{ImageSource, Exception}?, CancellationToken)"/>
    public IEnumerable<ImageEncoding> EncodeImageBatches(
        IEnumerable<IReadOnlyList<ImageSource>> batches,
        CancellationToken cancellationToken = default
    ) => EncodeImageBatches(batches, null, cancellationToken);

    /// <summary>
    /// Encodes pictures batch after batch. They are decoded ahead, also while the caller works on a batch, at most twice
    /// <see cref="ClipOptions.BatchSize"/> of them.
    /// </summary>
    /// <param name="batches">The pictures of each batch.</param>
    /// <param name="failed">
    /// Told of each picture that can't be read, maybe by several threads, before its batch comes; its place in the batch then means
    /// nothing. Null: the first one is thrown, and none is read beyond it.
    /// </param>
    /// <param name="cancellationToken">Stops between pictures and between operations of the network.</param>
    /// <returns>Each batch's encoding, when it is asked for. Pictures are read only while this is enumerated.</returns>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="InvalidDataException">One is not a readable picture; the message begins with its name.</exception>
    public IEnumerable<ImageEncoding> EncodeImageBatches(
        IEnumerable<IReadOnlyList<ImageSource>> batches,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(batches);
        _uses.Begin().Dispose();
        return _images.Encode(batches, failed, cancellationToken);
    }

    /// <inheritdoc cref="ImageEncoder.EncodeReadable"/>
    internal ImageEncoding EncodeReadableImages(
        IEnumerator<ImageSource> pictures,
        int most,
        List<ImageSource> read,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        _uses.Begin().Dispose();
        return _images.EncodeReadable(pictures, most, read, failed, cancellationToken);
    }

    /// <summary>Tokenizes and encodes captions.</summary>
    /// <param name="texts">The captions.</param>
    /// <param name="textTokens">
    /// Tokens of each caption in <see cref="TextEncoding.Tokens"/>: shorter ones are padded, and the padding attends to real tokens only;
    /// longer ones are cut.
    /// </param>
    /// <param name="cancellationToken">Stops between captions and between operations of the network.</param>
    /// <returns>The tokens, and pooled embeddings of the captions cut at the full context length.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="textTokens"/> is below 2 or above CLIP's context length.</exception>
    public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens, CancellationToken cancellationToken = default)
    {
        CheckItems(texts, nameof(texts));
        ArgumentOutOfRangeException.ThrowIfLessThan(textTokens, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(textTokens, Config.Text.ContextLength);
        using UseCount.Use use = _uses.Begin();
        return _texts.Encode(texts, textTokens, Tokenizer, cancellationToken);
    }

    /// <summary>Whether a caption has more tokens than the context, and is cut by CLIP itself.</summary>
    /// <param name="text">The caption.</param>
    public bool IsTruncated(string text) => Tokenizer.Tokenize(text, Config.Text.ContextLength).Truncated;

    /// <summary>Encodes captions that are token ids already; pooled embeddings are of these ids too.</summary>
    /// <param name="texts">
    /// The captions, all padded to the same number of ids. <see cref="TokenizedText.Length"/> is where the padding begins that real tokens
    /// do not attend to.
    /// </param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <exception cref="ArgumentException">
    /// They differ in length, are longer than CLIP's context, or hold an id that is not in the vocabulary.
    /// </exception>
    public TextEncoding EncodeTokens(IReadOnlyList<TokenizedText> texts, CancellationToken cancellationToken = default)
    {
        CheckItems(texts, nameof(texts));
        using UseCount.Use use = _uses.Begin();
        return _texts.Encode(texts, cancellationToken);
    }

    /// <summary>
    /// Closes the model and the mapped weights, when what is being encoded is; whoever asks for more gets an
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose()
    {
        if (!_uses.Close())
            return;
        if (_imageTower.IsValueCreated)
            _imageTower.Value.Dispose();
        _texts.Dispose();
        Matcher?.Close();
        _files.Weights.Dispose();
    }

    internal ClipWeights Weights => _files.Weights;

    internal ClipOptions Options { get; }

    private static void CheckItems<T>(IReadOnlyList<T> items, string parameter)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(items, parameter);
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i] is null)
                throw new ArgumentException($"Item {i} is null.", parameter);
        }
    }

    private void CheckPixels(ReadOnlyMemory<float> pixels, int count)
    {
        long expected = (long)count * 3 * ImageSize * ImageSize;
        if (pixels.Length != expected)
        {
            throw new ArgumentException(
                $"{count} images of 3 × {ImageSize} × {ImageSize} take {expected} values, not {pixels.Length}.",
                nameof(pixels)
            );
        }
    }
}
