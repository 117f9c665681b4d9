using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Maps;
using Dcsm.Scoring;
using Dcsm.Scoring.Engines;

namespace Dcsm.Head;

/// <summary>
/// A trained DCSM head: two 3 × 3 convolutions and two linear layers that read a standardized map and give one number
/// (paper: "two conv, 128 hidden"; <c>CrossModalConvNetwork</c>). Immutable, and safe to use from several threads.
/// </summary>
public sealed class DcsmHead
{
    /// <summary>The name of the weights' file in a head's directory.</summary>
    internal const string WeightsFileName = "dcsm_head.safetensors";

    private readonly Lazy<ScoreEngine> _processor;
    private readonly Lazy<IScoreEngine> _engine;

    /// <summary>Makes a head of its parts.</summary>
    /// <param name="config">What the head is.</param>
    /// <param name="weights">Its numbers.</param>
    /// <exception cref="ArgumentException">
    /// A size is wrong or a number is not finite; the message names the field or tensor.
    /// </exception>
    public DcsmHead(DcsmConfig config, DcsmHeadWeights weights)
        : this(config, weights, directory: null)
    {
        if (HeadTensors.Check(config, weights) is { } wrong)
            throw new ArgumentException(wrong, nameof(weights));
    }

    internal DcsmHead(DcsmConfig config, DcsmHeadWeights weights, string? directory)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        Config = config;
        Weights = weights;
        Directory = directory;
        _processor = new(() => ScoreEngine.Create(Config, Weights));
        _engine = new(() => _processor.Value);
    }

    private DcsmHead(DcsmHead head, ClipDevice device, bool half)
        : this(head.Config, head.Weights, head.Directory)
    {
        _processor = head._processor;
        _engine = new(() => (IScoreEngine?)OnnxScoreEngine.Create(Config, Weights, device, half) ?? _processor.Value);
    }

    /// <summary>What the head is and which CLIP it belongs to.</summary>
    public DcsmConfig Config { get; }

    /// <summary>The numbers.</summary>
    public DcsmHeadWeights Weights { get; }

    /// <summary>The directory the head was opened from; null if it was made in memory.</summary>
    public string? Directory { get; }

    /// <summary>The same weights, with maps prepared another way, of captions as they are written.</summary>
    /// <param name="placement">How rows are placed.</param>
    /// <param name="standardization">Over what maps are standardized.</param>
    public DcsmHead With(RowPlacement placement, MapStandardization standardization) =>
        new(
            Config with
            {
                Placement = placement,
                Standardization = standardization,
                CaptionForm = CaptionForm.AsWritten,
                Calibration = null,
            },
            Weights,
            Directory
        );

    /// <summary>The same head with other forms of its functional words (<see cref="FunctionalWordList.With"/>).</summary>
    /// <param name="words">The same words in the same order.</param>
    /// <exception cref="ArgumentException">The words are others.</exception>
    public DcsmHead With(FunctionalWordList words)
    {
        ArgumentNullException.ThrowIfNull(words);
        if (!words.Words.SequenceEqual(Config.Words.Words))
            throw new ArgumentException("A head's rows belong to its words; only forms of them may be added.", nameof(words));
        return new DcsmHead(Config with { Words = words }, Weights, Directory);
    }

    /// <summary>The same head, that scores encodings on a device: by ONNX Runtime on a graphics card.</summary>
    /// <param name="device">The device; <see cref="ClipDevice.Auto"/> is the processor where there is no card.</param>
    /// <param name="half">Whether a graphics card computes maps and layers in 16 bits.</param>
    /// <remarks>A card that is asked for and can't be had is an <see cref="ArgumentException"/> of the first scoring.</remarks>
    public DcsmHead On(ClipDevice device, bool half = false) => device == ClipDevice.Cpu ? this : new DcsmHead(this, device, half);

    internal IScoreEngine Engine => _engine.Value;

    /// <summary>Opens a head's directory: <c>dcsm_config.json</c> and <c>dcsm_head.safetensors</c>.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">One of the two files is missing.</exception>
    /// <exception cref="InvalidDataException">The content is wrong; the message names file and field or tensor.</exception>
    /// <example>
    /// <code>
    /// var head = DcsmHead.Load("data/head-small");
    /// ImageEncoding images = clip.EncodeImages(["photo.jpg"]);
    /// float[,] scores = head.Score(images, clip.EncodeTexts(head.Config.Read(["a red car", "no car"]), head.Config.TextTokens));
    /// </code>
    /// </example>
    public static DcsmHead Load(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return HeadDirectory.Load(directory);
    }

    /// <summary>
    /// Saves the head as a directory, which is made if it is not there. Each file is written to a temporary name, then renamed,
    /// the weights first.
    /// </summary>
    /// <param name="directory">The directory.</param>
    public void Save(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        HeadDirectory.Save(this, directory);
    }

    /// <summary>
    /// The probability that a caption of this score is true of its picture, as held-out pairs had it; null where the head has no
    /// calibration (<see cref="DcsmConfig.Calibration"/>): its scores then compare only within one form of caption.
    /// </summary>
    /// <param name="score">A score of this head.</param>
    public double? Probability(float score) => Config.Calibration?.Probability(score);

    /// <summary>
    /// The probability that a caption is true of a picture; null where the head has no calibration, and where none can be told of the
    /// caption (<see cref="DcsmConfig.WhyNotJudged"/>).
    /// </summary>
    /// <param name="score">The score of this head for the two.</param>
    /// <param name="caption">The caption as it is written.</param>
    public double? Probability(float score, string caption) => Config.WhyNotJudged(caption) is null ? Probability(score) : null;

    /// <summary>Scores maps that are ready: rows placed, standardized.</summary>
    /// <param name="maps">[n, imageTokens, textTokens]</param>
    /// <param name="scores">[n]</param>
    /// <exception cref="ArgumentException">The lengths do not fit the head or each other.</exception>
    public void Score(ReadOnlySpan<float> maps, Span<float> scores)
    {
        int size = Config.ImageTokens * Config.TextTokens;
        if (maps.Length != (long)scores.Length * size)
        {
            throw new ArgumentException(
                $"{scores.Length} scores need {scores.Length} maps of {Config.ImageTokens} x {Config.TextTokens} values, "
                    + $"{(long)scores.Length * size} in all; {maps.Length} are given.",
                nameof(maps)
            );
        }
        _processor.Value.ScoreMaps(maps, scores);
    }

    /// <summary>
    /// Scores every image with every caption: maps, functional rows, standardization, head. With
    /// <see cref="MapStandardization.WholeBatch"/> all maps of this call are standardized together.
    /// </summary>
    /// <param name="images">Encoded images, of the head's CLIP.</param>
    /// <param name="captions">Encoded captions of <see cref="DcsmConfig.TextTokens"/> tokens, of the head's CLIP.</param>
    /// <param name="threads">Threads to use; 0 for all cores.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores, higher is a better match. [images, captions]</returns>
    /// <exception cref="ArgumentException">The encodings' shapes do not fit the head.</exception>
    /// <exception cref="InvalidDataException">An embedding is not finite; the message names image and caption.</exception>
    public float[,] Score(ImageEncoding images, TextEncoding captions, int threads = 0, CancellationToken cancellationToken = default)
    {
        var scoring = new EncodedPairScorer(this, _engine.Value, threads, cancellationToken);
        return scoring.All(images, captions);
    }

    /// <summary>Scores chosen pairs of images and captions.</summary>
    /// <param name="images">Encoded images, of the head's CLIP.</param>
    /// <param name="captions">Encoded captions of <see cref="DcsmConfig.TextTokens"/> tokens, of the head's CLIP.</param>
    /// <param name="pairs">The pairs, by index.</param>
    /// <param name="threads">Threads to use; 0 for all cores.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Scores in the order of the pairs. [pairs]</returns>
    /// <exception cref="ArgumentException">The encodings' shapes do not fit the head, or a pair names what is not there.</exception>
    /// <exception cref="InvalidDataException">An embedding is not finite; the message names image and caption.</exception>
    public float[] ScorePairs(
        ImageEncoding images,
        TextEncoding captions,
        IReadOnlyList<(int Image, int Caption)> pairs,
        int threads = 0,
        CancellationToken cancellationToken = default
    )
    {
        var scoring = new EncodedPairScorer(this, _engine.Value, threads, cancellationToken);
        return scoring.Pairs(images, captions, pairs);
    }

    /// <summary>The map of one image and one caption, token by token, to be looked at and drawn.</summary>
    /// <param name="images">Encoded images, of the head's CLIP.</param>
    /// <param name="image">Which of them.</param>
    /// <param name="captions">Encoded captions of <see cref="DcsmConfig.TextTokens"/> tokens, of the head's CLIP.</param>
    /// <param name="caption">Which of them.</param>
    /// <exception cref="ArgumentException">The encodings' shapes do not fit the head.</exception>
    public DenseMapExplanation Explain(ImageEncoding images, int image, TextEncoding captions, int caption)
    {
        EncodingShapes.Check(Config, images, captions);
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, images.Tokens.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(caption);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(caption, captions.Tokens.Count);
        return DenseMapExplanation.Create(this, images.Tokens[image], captions.Tokens[caption], captions.Texts[caption]);
    }
}
