using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders.Blip;
using Dcsm.Clip.Encoders.CoCa;
using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Encoders.SigLip;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders;

/// <summary>
/// An architecture of dual encoders: how its files are known and read, what its towers compute, and how text and pictures are prepared for
/// it. Each has a folder of its own beside this file. Stateless, and so thread-safe.
/// </summary>
internal abstract class EncoderArchitecture
{
    /// <summary>All of them; the last one, a CLIP, is what a file is held for that nothing else tells.</summary>
    public static IReadOnlyList<EncoderArchitecture> All { get; } =
    [new SigLipEncoder(), new BlipRetrievalEncoder(), new BlipEncoder(), new CoCaEncoder(), new OpenAIEncoder()];

    /// <summary>What <see cref="ClipConfig.Architecture"/> says.</summary>
    public abstract string Name { get; }

    /// <summary>What people call it.</summary>
    public abstract string Title { get; }

    /// <summary>Tensors by which it is known in a file, under whatever prefix, and whose names they are.</summary>
    public abstract IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; }

    /// <summary>What of open_clip's model configuration it understands beyond a CLIP's.</summary>
    public virtual IReadOnlyList<string> OpenClipKeys => [];

    /// <summary>How a checkpoint's shapes are to be read where they are not a CLIP's.</summary>
    public virtual ShapeReading Shapes => new();

    /// <summary>The architecture of a configuration.</summary>
    public static EncoderArchitecture Of(ClipConfig config) => All.First(encoder => encoder.Name == config.Architecture);

    /// <summary>The architecture that a <c>config.json</c> is of; null where it is none of these.</summary>
    public static EncoderArchitecture? Of(JsonField config) => All.FirstOrDefault(encoder => encoder.Describes(config));

    /// <summary>Whether a <c>config.json</c> is of this architecture.</summary>
    public abstract bool Describes(JsonField config);

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <exception cref="InvalidDataException">It can't be run; the message says why.</exception>
    public abstract ClipConfig Read(JsonField config);

    /// <summary>
    /// What open_clip's configuration and the shapes of the tensors make it; for architectures with markers of that format.
    /// </summary>
    /// <param name="config">As read off the tensors, as if it were a CLIP's.</param>
    /// <param name="openClip">The configuration; null where there is none.</param>
    public virtual ClipConfig Read(ClipConfig config, OpenClipConfig? openClip) => config;

    /// <summary>The tensors by the names that the graphs know them by.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="tensors">The tensors, without their prefix.</param>
    /// <param name="format">Whose names they carry.</param>
    public abstract Dictionary<string, StoredTensor> Rename(
        string file,
        IReadOnlyDictionary<string, StoredTensor> tensors,
        ClipCheckpointFormat format
    );

    /// <summary>
    /// The image tower: <see cref="TransformerGraph.Pixels"/> [images, 3, S, S] to <see cref="TransformerGraph.Embeddings"/>
    /// [images · tokens, projection], of each image first the pooled one, then those of its patches, in the joint space.
    /// </summary>
    public abstract OnnxGraph Vision(ClipConfig config, GraphWeights weights);

    /// <summary>
    /// Whether the image tower's layers can be computed in int8: they are those of <see cref="TransformerGraph.Layer"/>, and
    /// "vision_model.post_layernorm" follows them.
    /// </summary>
    public virtual bool HasInt8 => false;

    /// <summary>
    /// What follows that layer norm: <see cref="TransformerGraph.Features"/> [images, tokens, width] to
    /// <see cref="TransformerGraph.Embeddings"/>. Null where it is CLIP's projection and no more.
    /// </summary>
    public virtual OnnxGraph? VisionHead(ClipConfig config, GraphWeights weights) => null;

    /// <summary>
    /// The text tower: <see cref="TransformerGraph.Ids"/> and, where the layout has one, <see cref="TransformerGraph.Mask"/>, to
    /// <see cref="TransformerGraph.Embeddings"/> [texts · places, projection].
    /// </summary>
    public abstract OnnxGraph Text(ClipConfig config, GraphWeights weights);

    /// <summary>The network that reads a picture and a caption together; null where there is none.</summary>
    public virtual PairGraph? Pairs(ClipConfig config, GraphWeights weights) => null;

    /// <summary>How token ids are laid out for the text tower.</summary>
    public abstract TextLayout Layout(ClipConfig config);

    /// <summary>Whether a directory has the files of its tokenizer.</summary>
    public abstract bool HasTokenizer(string directory);

    /// <summary>Opens the tokenizer of a directory.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">One is damaged, or of another kind; or its ids do not fit the configuration.</exception>
    public abstract TextTokenizer Tokenizer(string directory, ClipConfig config, TokenizerFlavor flavor);

    /// <summary>The configuration with what the tokenizer alone knows.</summary>
    public virtual ClipConfig Completed(ClipConfig config, TextTokenizer tokenizer) => config;

    /// <summary>The configuration by which transformers reads captions, where that is another.</summary>
    public virtual ClipConfig AsTransformers(ClipConfig config) => config;

    /// <summary>How pictures are prepared where no file says it.</summary>
    public abstract ClipPreprocessor Preprocessor(int imageSize);

    /// <summary>Checks that the tokenizer has no more ids than the text tower.</summary>
    protected static TextTokenizer Fitting(string directory, TextTokenizer tokenizer, ClipConfig config) =>
        tokenizer.VocabularySize <= config.Text.VocabularySize
            ? tokenizer
            : throw new InvalidDataException(
                $"{directory}: the tokenizer has ids up to {tokenizer.VocabularySize - 1}, but by config.json vocab_size is "
                    + $"{config.Text.VocabularySize}."
            );
}
