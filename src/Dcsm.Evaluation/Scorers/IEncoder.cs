using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// What makes embeddings of images and captions. <see cref="ClipEncoder"/> is a CLIP directory; other two-tower models join
/// by implementing this, without a protocol or a metric knowing.
/// </summary>
public interface IEncoder
{
    /// <summary>What the model is called in tables.</summary>
    string Name { get; }

    /// <summary>
    /// Identity of architecture and weights, such as "sha256:…". Encoders of the same fingerprint give the same embeddings.
    /// </summary>
    string Fingerprint { get; }

    /// <summary>Side of the square picture that the model sees, in pixels.</summary>
    int ImageSize { get; }

    /// <summary>Tokens of an image: CLS, then the patches row by row.</summary>
    int ImageTokens { get; }

    /// <summary>Most tokens that a caption may have, start and end included.</summary>
    int ContextLength { get; }

    /// <summary>Identity of all that happens to a picture between its file and the model. Caches are told apart by it.</summary>
    string Preprocessing { get; }

    /// <summary>Decodes a picture file as the model asks.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a readable picture.</exception>
    RgbImage Open(string path);

    /// <summary>Decodes the content of a picture file as the model asks.</summary>
    /// <param name="content">The content.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidDataException">It is not a readable picture.</exception>
    RgbImage Open(byte[] content, string name) => RgbImage.Load(ImageSource.FromBytes(content, name), new PictureOptions());

    /// <summary>Brings a picture to the model's size, as the model asks: side × side pixels.</summary>
    RgbImage Prepare(RgbImage picture);

    /// <summary>Encodes pictures that have the model's size already.</summary>
    /// <param name="rgb">[<paramref name="count"/>, side, side, 3], 8 bits a channel.</param>
    /// <param name="count">Number of pictures.</param>
    ImageEncoding EncodeRgb(ReadOnlyMemory<byte> rgb, int count);

    /// <summary>Decodes, prepares as the model asks, and encodes picture files.</summary>
    ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default);

    /// <summary>A caption's tokens as <see cref="EncodeTexts"/> reads them; null where that is not known.</summary>
    /// <param name="text">The caption.</param>
    /// <param name="textTokens">Tokens, start and end included.</param>
    TokenizedText? Tokenize(string text, int textTokens) => null;

    /// <summary>Tokenizes and encodes captions.</summary>
    /// <param name="texts">The captions.</param>
    /// <param name="textTokens">Dense tokens a caption; the pooled embedding uses the model's full context length.</param>
    TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens);
}
