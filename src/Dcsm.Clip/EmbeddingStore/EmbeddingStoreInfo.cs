using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>What a <see cref="TokenEmbeddingStore"/> holds and what made it: the content of <c>embeddings.json</c>.</summary>
public sealed record EmbeddingStoreInfo
{
    /// <summary>The name of the file in a store's directory.</summary>
    public const string FileName = "embeddings.json";

    /// <summary>How numbers can be stored, each way by the name that files have for it.</summary>
    public static IReadOnlyList<(string Name, TensorType Type)> Types { get; } =
    [("float32", TensorType.F32), ("float16", TensorType.F16), ("int8", TensorType.I8)];

    /// <summary>The name of the CLIP, only to be shown.</summary>
    public required string ClipName { get; init; }

    /// <summary>The fingerprint of the CLIP (<see cref="ClipModel.Fingerprint"/>).</summary>
    public required string ClipFingerprint { get; init; }

    /// <summary>What the image tower was computed in.</summary>
    public required ClipPrecision Precision { get; init; }

    /// <summary>How pictures were prepared (<see cref="ClipPreprocessor.Fingerprint"/>).</summary>
    public required string Preprocessing { get; init; }

    /// <summary>What became of the transparent parts of pictures.</summary>
    public required Transparency Transparency { get; init; }

    /// <summary>Whether pictures were turned as their files say.</summary>
    public PictureOrientation Orientation { get; init; }

    /// <summary>Whose cleaning of text was done.</summary>
    public required TokenizerFlavor Tokenizer { get; init; }

    /// <summary>How the numbers are stored: F32, F16, or tokens in I8.</summary>
    public required TensorType Type { get; init; }

    /// <summary>Tokens of an image: CLS and the patches.</summary>
    public required int ImageTokens { get; init; }

    /// <summary>Tokens of a caption, padding included.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Width of the joint space.</summary>
    public required int Dimension { get; init; }

    /// <summary>Number of images.</summary>
    public required int Images { get; init; }

    /// <summary>Number of captions.</summary>
    public required int Captions { get; init; }

    /// <summary>Number of pairs of an image and a caption; 0 where none were named.</summary>
    public required int Pairs { get; init; }

    /// <summary>The version of Dcsm that began the store.</summary>
    public required string Version { get; init; }

    /// <summary>"sha256:…" over the names of the images in their order.</summary>
    public required string ImageList { get; init; }

    /// <summary>"sha256:…" over the captions in their order.</summary>
    public required string CaptionList { get; init; }

    /// <summary>"sha256:…" over the pairs in their order.</summary>
    public required string PairList { get; init; }

    /// <summary>
    /// "sha256:…" of <c>images.safetensors</c>, by which <see cref="TokenEmbeddingStore.Verify"/> tells whether it is what was written;
    /// null where there are no images, and in stores of versions that did not write it.
    /// </summary>
    public string? ImageContent { get; init; }

    /// <summary>As <see cref="ImageContent"/>, of <c>captions.safetensors</c>.</summary>
    public string? CaptionContent { get; init; }
}
