using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Evaluation.Scorers;

/// <summary>A <see cref="ClipModel"/> as an encoder. Does not own the model: whoever opened it closes it.</summary>
public sealed class ClipEncoder : IEncoder
{
    /// <param name="clip">The open CLIP.</param>
    /// <param name="name">What it is called in tables.</param>
    public ClipEncoder(ClipModel clip, string name = "CLIP")
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Clip, Name) = (clip, name);
    }

    /// <summary>The CLIP itself.</summary>
    public ClipModel Clip { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>The model's own; in int8, which gives other embeddings, that is added.</remarks>
    public string Fingerprint =>
        Clip.Precision == ClipPrecision.Float32 ? Clip.Fingerprint : $"{Clip.Fingerprint}, {Clip.Precision.ToString().ToLowerInvariant()}";

    /// <inheritdoc/>
    public int ImageSize => Clip.ImageSize;

    /// <inheritdoc/>
    public int ImageTokens => Clip.ImageTokens;

    /// <inheritdoc/>
    public int ContextLength => Clip.Config.Text.ContextLength;

    /// <inheritdoc/>
    public string Preprocessing =>
        $"{Clip.Preprocessor.Fingerprint}, transparency {Clip.Transparency}"
        + (Clip.Pictures.Orientation == PictureOrientation.Applied ? ", orientation applied" : "")
        + (Clip.Pictures.AllowTruncated ? ", also truncated" : "");

    /// <inheritdoc/>
    public RgbImage Open(string path) => RgbImage.Load(path, Clip.Pictures);

    /// <inheritdoc/>
    public RgbImage Open(byte[] content, string name) => RgbImage.Load(ImageSource.FromBytes(content, name), Clip.Pictures);

    /// <inheritdoc/>
    public RgbImage Prepare(RgbImage picture) => Clip.Preprocessor.Crop(picture);

    /// <inheritdoc/>
    public ImageEncoding EncodeRgb(ReadOnlyMemory<byte> rgb, int count)
    {
        return Clip.EncodePixels(Pixels(rgb, count), count);
    }

    /// <summary>Pictures of the model's size as it reads them.</summary>
    /// <returns>[<paramref name="count"/>, 3, side, side]</returns>
    internal float[] Pixels(ReadOnlyMemory<byte> rgb, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int size = 3 * ImageSize * ImageSize;
        if (rgb.Length != (long)count * size)
        {
            throw new ArgumentException(
                $"[{count}, {ImageSize}, {ImageSize}, 3] needs {(long)count * size} bytes, not {rgb.Length}.",
                nameof(rgb)
            );
        }

        float[] pixels = new float[count * size]; // [count, 3, side, side]
        Parallel.For(0, count, i => Clip.Preprocessor.Normalize(rgb.Span.Slice(i * size, size), pixels.AsSpan(i * size, size)));
        return pixels;
    }

    /// <inheritdoc/>
    public ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default) =>
        Clip.EncodeImages(paths, cancellationToken);

    /// <inheritdoc/>
    public TokenizedText? Tokenize(string text, int textTokens) => Clip.Tokenizer.Tokenize(text, textTokens);

    /// <inheritdoc/>
    public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens) => Clip.EncodeTexts(texts, textTokens);
}
