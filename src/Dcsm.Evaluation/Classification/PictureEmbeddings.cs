using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Batches;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Classification;

/// <summary>The pictures of a set as vectors.</summary>
public sealed class PictureEmbeddings
{
    private readonly float[] _values;

    /// <param name="set">The pictures.</param>
    /// <param name="values">[pictures, dimension]; taken over, not copied.</param>
    /// <param name="leftOut">Why other pictures are not among them.</param>
    /// <exception cref="ArgumentException">Their number is no multiple of the number of pictures.</exception>
    /// <exception cref="InvalidDataException">A value is NaN or infinite; the message names the picture.</exception>
    public PictureEmbeddings(ClassifiedSet set, float[] values, IReadOnlyList<string>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0 || values.Length % set.Pictures.Count != 0)
            throw new ArgumentException($"{values.Length} values are no vectors of {set.Pictures.Count} pictures.", nameof(values));
        (Set, _values, LeftOut, Dimension) = (set, values, leftOut ?? [], values.Length / set.Pictures.Count);
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        if (wrong >= 0)
            throw new InvalidDataException($"{set.Pictures[wrong / Dimension].Name}: its embedding, or a score of it, is not a number");
    }

    /// <summary>The pictures.</summary>
    public ClassifiedSet Set { get; }

    /// <summary>[pictures, dimension]</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Width of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Why pictures of the set were left out.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>The vector of a picture.</summary>
    public ReadOnlySpan<float> this[int picture] => Values.Slice(picture * Dimension, Dimension);

    /// <summary>Some of the pictures.</summary>
    /// <param name="pictures">Their places.</param>
    public PictureEmbeddings Take(IReadOnlyList<int> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        float[] values = new float[pictures.Count * Dimension];
        for (int i = 0; i < pictures.Count; i++)
            this[pictures[i]].CopyTo(values.AsSpan(i * Dimension));
        return new PictureEmbeddings(Set.Take(pictures), values);
    }

    /// <summary>Encodes the pictures of a set; the next ones are decoded while some are encoded.</summary>
    /// <param name="encoder">What makes the embeddings.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="options">What is looked at, and how.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches; what is in the cache stays there.</param>
    /// <exception cref="InvalidDataException">A picture is broken, or its embedding is NaN; the message names it.</exception>
    public static PictureEmbeddings Encode(
        IEncoder encoder,
        ClassifiedSet set,
        PictureEmbeddingOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(set);
        options ??= new PictureEmbeddingOptions();
        using var ahead = new ReadAhead<int[], Prepared[]>(
            Enumerable.Range(0, set.Pictures.Count).Chunk(options.BatchPictures),
            (batch, stop) => Prepare(encoder, set, batch, options, stop),
            cancellationToken
        );
        float[]? values = null;
        var kept = new List<int>();
        var leftOut = new List<string>();
        int dimension = 0,
            done = 0;
        while (ahead.TryTake(out Prepared[]? batch))
        {
            leftOut.AddRange(batch.Where(picture => picture.Error is not null).Select(picture => picture.Error!));
            int before = done;
            Complete(
                encoder,
                batch,
                options,
                scored => progress?.Report(new WorkProgress(before + scored, set.Pictures.Count, "pictures")),
                cancellationToken
            );
            foreach (Prepared picture in batch.Where(picture => picture.Vector is not null))
            {
                dimension = picture.Vector!.Length;
                values ??= new float[set.Pictures.Count * dimension];
                picture.Vector.CopyTo(values, kept.Count * dimension);
                kept.Add(picture.Place);
            }

            done += batch.Length;
            progress?.Report(new WorkProgress(done, set.Pictures.Count, "pictures"));
        }

        if (values is null)
            throw new InvalidDataException($"{set.Source}: none of its pictures can be read; the first: {leftOut[0]}");
        return kept.Count == set.Pictures.Count
            ? new PictureEmbeddings(set, values)
            : new PictureEmbeddings(set.Take(kept), values[..(kept.Count * dimension)], leftOut);
    }

    private static Prepared[] Prepare(
        IEncoder encoder,
        ClassifiedSet set,
        int[] batch,
        PictureEmbeddingOptions options,
        CancellationToken cancellationToken
    )
    {
        var prepared = new Prepared[batch.Length];
        ParallelItems.ForEach(
            batch.Length,
            options.Threads,
            i =>
            {
                ClassifiedPicture picture = set.Pictures[batch[i]];
                prepared[i] = new Prepared { Place = batch[i] };
                try
                {
                    byte[] content = picture.Read();
                    if (options.Cache is { } cache)
                        Find(prepared[i], encoder, content, options, cache);
                    if (prepared[i].Vector is null && prepared[i].Encoding is null)
                        prepared[i].Rgb = encoder.Prepare(encoder.Open(content, picture.Name)).Pixels.ToArray();
                }
                catch (Exception e) when (options.SkipBroken && e is InvalidDataException or IOException or UnauthorizedAccessException)
                {
                    prepared[i].Error = e.Message;
                }
            },
            cancellationToken
        );
        return prepared;
    }

    private static void Find(Prepared picture, IEncoder encoder, byte[] content, PictureEmbeddingOptions options, EmbeddingCache cache)
    {
        picture.Key = EmbeddingCache.Key(encoder, content, null, KindOf(options));
        picture.Vector = cache.TryRead(picture.Key, withTokens: false)?.Pooled.Values.ToArray();
        if (picture.Vector is not null || options.Prompts is null)
            return;
        picture.TokensKey = EmbeddingCache.Key(encoder, content, null);
        picture.Encoding = cache.TryRead(picture.TokensKey, withTokens: true);
    }

    private static void Complete(
        IEncoder encoder,
        Prepared[] batch,
        PictureEmbeddingOptions options,
        Action<int> scored,
        CancellationToken cancellationToken
    )
    {
        Prepared[] fresh = [.. batch.Where(picture => picture.Rgb is not null)];
        if (fresh.Length > 0)
            Encode(encoder, fresh, options);
        if (options.Prompts is not { } prompts)
            return;
        for (int i = 0; i < batch.Length; i++)
        {
            if (batch[i].Encoding is not { } encoding)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            batch[i].Vector = prompts.Of(encoding, 0, cancellationToken);
            if (batch[i].Key is { } key)
                options.Cache!.Write(key, batch[i].Vector!);
            scored(i + 1);
        }
    }

    private static void Encode(IEncoder encoder, Prepared[] fresh, PictureEmbeddingOptions options)
    {
        int size = 3 * encoder.ImageSize * encoder.ImageSize;
        byte[] rgb = new byte[fresh.Length * size];
        for (int i = 0; i < fresh.Length; i++)
            fresh[i].Rgb!.CopyTo(rgb.AsSpan(i * size));
        ImageEncoding encoded = encoder.EncodeRgb(rgb, fresh.Length);
        for (int i = 0; i < fresh.Length; i++)
        {
            if (options.Prompts is not null)
            {
                fresh[i].Encoding = Encodings.Slice(encoded, i, 1);
                if (fresh[i].TokensKey is { } tokens)
                    options.Cache!.Write(tokens, encoded, i, withTokens: true);
                continue;
            }

            fresh[i].Vector = VectorOf(encoded, i, options.Features);
            if (fresh[i].Key is { } key)
                options.Cache!.Write(key, fresh[i].Vector!);
        }
    }

    /// <summary>What is looked at of a picture.</summary>
    /// <exception cref="ArgumentException">It is <see cref="PictureFeatures.Prompts"/>, of which the embeddings know nothing.</exception>
    public static float[] VectorOf(ImageEncoding images, int image, PictureFeatures features)
    {
        ArgumentNullException.ThrowIfNull(images);
        return features switch
        {
            PictureFeatures.Pooled => images.Pooled[image].ToArray(),
            PictureFeatures.Patches => PatchMean(images.Tokens, image),
            PictureFeatures.Prompts => throw new ArgumentException("Embeddings know nothing of prompts.", nameof(features)),
            _ => [.. images.Pooled[image], .. PatchMean(images.Tokens, image)],
        };
    }

    // Pooled embeddings are found where benchmarks keep them.
    private static string KindOf(PictureEmbeddingOptions options) =>
        options.Prompts is { } prompts ? $", scores {prompts.Identity}"
        : options.Features == PictureFeatures.Pooled ? ""
        : $", {options.Features}";

    // The first token is the pooled one.
    private static float[] PatchMean(TokenEmbeddings tokens, int image)
    {
        float[] mean = new float[tokens.Dimension];
        for (int t = 1; t < tokens.Tokens; t++)
            TensorPrimitives.Add(mean, tokens[image].Slice(t * tokens.Dimension, tokens.Dimension), mean);
        TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
        return mean;
    }

    private sealed class Prepared
    {
        public required int Place { get; init; }

        public string? Key { get; set; }

        public byte[]? Rgb { get; set; }

        public string? TokensKey { get; set; }

        public ImageEncoding? Encoding { get; set; }

        public float[]? Vector { get; set; }

        public string? Error { get; set; }
    }
}
