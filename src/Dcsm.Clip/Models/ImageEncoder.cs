using System.Collections.Concurrent;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Batches;
using Dcsm.IO.Files;

namespace Dcsm.Clip.Models;

/// <summary>Pictures through preparation and image tower, batch by batch; the next pictures are decoded while some are encoded.</summary>
internal sealed class ImageEncoder(
    ClipConfig config,
    ClipPreprocessor preprocessor,
    ClipOptions options,
    Lazy<IImageTower> tower,
    UseCount uses
)
{
    // Bounded by the configuration's own bounds (ClipConfig.TooLarge).
    private int PixelsLength => config.Vision.Channels * config.Vision.ImageSize * config.Vision.ImageSize;

    private int TokensLength => config.Vision.Tokens * config.ProjectionDim;

    // Of pictures that are decoded together; their pixels are one array.
    private int PartSize => Math.Min(options.BatchSize, Array.MaxLength / PixelsLength);

    /// <param name="pixels">[count, 3, S, S], prepared.</param>
    public ImageEncoding Encode(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken)
    {
        float[] tokens = new float[TokensOf(count)];
        Run(pixels, count, tokens, cancellationToken);
        return Encoding(tokens, count);
    }

    /// <summary>Encodes the pictures of each batch.</summary>
    /// <param name="failed">Told of pictures that can't be read, whose tokens then mean nothing; null to throw.</param>
    public IEnumerable<ImageEncoding> Encode(
        IEnumerable<IReadOnlyList<ImageSource>> batches,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var free = new ConcurrentBag<float[]>();
        using var ahead = new ReadAhead<Part, Prepared>(
            batches.SelectMany(Parts),
            (part, stop) => Prepare(part, free, failed, stop),
            cancellationToken
        );
        float[] tokens = [];
        while (ahead.TryTake(out Prepared prepared))
        {
            ((int first, ImageSource[] pictures, int batchLength), float[] pixels) = prepared;
            if (first == 0)
                tokens = new float[TokensOf(batchLength)];
            Run(
                pixels.AsMemory(0, pictures.Length * PixelsLength),
                pictures.Length,
                tokens.AsMemory(first * TokensLength, pictures.Length * TokensLength),
                cancellationToken
            );
            free.Add(pixels);
            if (first + pictures.Length == batchLength)
                yield return Encoding(tokens, batchLength);
        }
    }

    /// <summary>
    /// Encodes the next pictures that can be read: as many as are asked for, or all that are left. They stand together as they would if
    /// no others had been named, so that they get the same bits.
    /// </summary>
    /// <param name="pictures">Where they are taken from.</param>
    /// <param name="most">How many.</param>
    /// <param name="read">Is given those that were encoded, in order.</param>
    /// <param name="failed">Told of pictures that can't be read, maybe by several threads; null to throw.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public ImageEncoding EncodeReadable(
        IEnumerator<ImageSource> pictures,
        int most,
        List<ImageSource> read,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        using var ahead = new ReadAhead<int, (List<ImageSource> Pictures, float[] Pixels)>(
            Enumerable.Range(0, most).Chunk(PartSize).Select(part => part.Length),
            (count, stop) => PrepareReadable(pictures, count, failed, stop),
            cancellationToken
        );
        float[] tokens = new float[TokensOf(most)];
        while (ahead.TryTake(out (List<ImageSource> Pictures, float[] Pixels) part))
        {
            int count = part.Pictures.Count;
            if (count > 0)
            {
                Memory<float> own = tokens.AsMemory(read.Count * TokensLength, count * TokensLength);
                Run(part.Pixels.AsMemory(0, count * PixelsLength), count, own, cancellationToken);
            }

            read.AddRange(part.Pictures);
        }

        Array.Resize(ref tokens, read.Count * TokensLength);
        return Encoding(tokens, read.Count);
    }

    private (List<ImageSource> Pictures, float[] Pixels) PrepareReadable(
        IEnumerator<ImageSource> pictures,
        int most,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        (List<ImageSource> read, float[] pixels) = ([], new float[most * PixelsLength]);
        var next = new List<ImageSource>();
        do
        {
            next.Clear();
            while (read.Count + next.Count < most && pictures.MoveNext())
                next.Add(pictures.Current);
            int first = read.Count;
            bool[] broken = new bool[next.Count];
            ParallelItems.ForEach(
                next.Count,
                options.Threads,
                i =>
                    Prepare(
                        next[i],
                        pixels.AsSpan((first + i) * PixelsLength, PixelsLength),
                        failed is null
                            ? null
                            : (picture, error) =>
                            {
                                broken[i] = true;
                                failed(picture, error);
                            },
                        cancellationToken
                    ),
                cancellationToken
            );
            for (int i = 0; i < next.Count; i++)
            {
                if (broken[i])
                    continue;
                if (read.Count < first + i)
                    Array.Copy(pixels, (first + i) * PixelsLength, pixels, read.Count * PixelsLength, PixelsLength);
                read.Add(next[i]);
            }
        } while (next.Count > 0 && read.Count < most);
        return (read, pixels);
    }

    // The model is not closed meanwhile, and may be between two batches.
    private void Run(ReadOnlyMemory<float> pixels, int count, Memory<float> tokens, CancellationToken cancellationToken)
    {
        using UseCount.Use use = uses.Begin();
        tower.Value.Encode(pixels, count, tokens, cancellationToken);
    }

    // What is decoded, and held as pixels, at a time; an empty batch is a part of no pictures.
    private IEnumerable<Part> Parts(IReadOnlyList<ImageSource> batch) =>
        batch.Chunk(PartSize).DefaultIfEmpty([]).Select((pictures, number) => new Part(number * PartSize, pictures, batch.Count));

    private int TokensOf(int count) =>
        (long)count * TokensLength is var values && values <= Array.MaxLength
            ? (int)values
            : throw new ArgumentException($"{count} pictures of {TokensLength} values are more than can be held; encode them in batches.");

    private Prepared Prepare(
        Part part,
        ConcurrentBag<float[]> free,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        int length = part.Pictures.Length * PixelsLength;
        if (!free.TryTake(out float[]? pixels) || pixels.Length < length)
            pixels = new float[length];
        ParallelItems.ForEach(
            part.Pictures.Length,
            options.Threads,
            i => Prepare(part.Pictures[i], pixels.AsSpan(i * PixelsLength, PixelsLength), failed, cancellationToken),
            cancellationToken
        );
        return new Prepared(part, pixels);
    }

    private void Prepare(
        ImageSource picture,
        Span<float> pixels,
        Action<ImageSource, Exception>? failed,
        CancellationToken cancellationToken
    )
    {
        try
        {
            preprocessor.Preprocess(picture, pixels, options.Pictures, cancellationToken);
        }
        catch (Exception e) when (failed is not null && e is (InvalidDataException or IOException or UnauthorizedAccessException))
        {
            pixels.Clear();
            failed!(picture, e);
        }
    }

    private ImageEncoding Encoding(float[] tokens, int count)
    {
        // The class token after post-layer-norm and projection is the image embedding itself.
        var pooled = new TokenEmbeddings(new float[count * config.ProjectionDim], count, 1, config.ProjectionDim);
        for (int i = 0; i < count; i++)
            tokens.AsSpan(i * TokensLength, config.ProjectionDim).CopyTo(pooled.Buffer.AsSpan(i * config.ProjectionDim));
        return new ImageEncoding(new TokenEmbeddings(tokens, count, config.Vision.Tokens, config.ProjectionDim), pooled);
    }

    /// <summary>Pictures of a batch.</summary>
    /// <param name="First">The place of the first one in the batch.</param>
    /// <param name="BatchLength">Pictures of the whole batch.</param>
    private readonly record struct Part(int First, ImageSource[] Pictures, int BatchLength);

    /// <param name="Pixels">[≥ pictures, 3, S, S]; to be used again.</param>
    private readonly record struct Prepared(Part Part, float[] Pixels);
}
