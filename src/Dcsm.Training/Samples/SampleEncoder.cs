using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.Batches;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Samples;

/// <summary>Reads samples of a source and encodes them with the frozen CLIP.</summary>
internal sealed class SampleEncoder(ClipModel clip, DcsmConfig config, SampleEncodings? shared = null)
{
    // Samples a batch: enough to keep every core at work, few enough to show progress and to stop soon.
    private const int BatchSize = 32,
        GroupsTogether = 4;
    private long _encoded;

    /// <summary>Samples encoded so far.</summary>
    public long Encoded => Interlocked.Read(ref _encoded);

    /// <summary>Encodes samples. The same samples give the same numbers, whatever else runs.</summary>
    /// <param name="source">The source.</param>
    /// <param name="wanted">Stream and number of each sample.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public EncodedSamples Encode(
        IHeadTrainingSource source,
        IReadOnlyList<(int Stream, long Index)> wanted,
        CancellationToken cancellationToken
    )
    {
        if (shared is not null && shared.TextTokens != config.TextTokens)
        {
            throw new ArgumentException(
                $"The shared encodings have {shared.TextTokens} text tokens; this head reads {config.TextTokens}.",
                nameof(source)
            );
        }

        EncodedSamples? result = null;
        float[] pixels = new float[Math.Min(BatchSize, wanted.Count) * 2 * PixelsPerImage];
        try
        {
            for (int start = 0; start < wanted.Count; start += BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (int Stream, long Index)[] batch = [.. wanted.Skip(start).Take(BatchSize)];
                SampleBatch encoded = shared is null ? Encode(source, batch, pixels) : Shared(source, batch, pixels, shared);
                result ??= new EncodedSamples(wanted.Count, encoded.Paraphrases(0), config);
                Store(encoded, start, result);
                Interlocked.Add(ref _encoded, batch.Length);
            }
            return result ?? throw new ArgumentException("There is nothing to encode.", nameof(wanted));
        }
        catch
        {
            result?.Dispose();
            throw;
        }
    }

    /// <summary>Encodes groups. The same groups give the same numbers, whatever else runs.</summary>
    /// <param name="source">The source.</param>
    /// <param name="wanted">Stream and number of each group.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public EncodedGroup[] EncodeGroups(
        IHeadTrainingSource source,
        IReadOnlyList<(int Stream, long Index)> wanted,
        CancellationToken cancellationToken
    )
    {
        var result = new List<EncodedGroup>(wanted.Count);
        foreach ((int Stream, long Index)[] batch in wanted.Chunk(GroupsTogether))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var groups = new HeadTrainingGroup[batch.Length];
            ParallelItems.ForEach(
                batch.Length,
                0,
                i => groups[i] = Checked(source.ReadGroup(batch[i].Stream, batch[i].Index), source, batch[i]),
                cancellationToken
            );
            result.AddRange(Encode(groups));
            Interlocked.Add(ref _encoded, batch.Length);
        }

        return [.. result];
    }

    private IEnumerable<EncodedGroup> Encode(HeadTrainingGroup[] groups)
    {
        RgbImage[] pictures = [.. groups.SelectMany(group => group.Images)];
        string[] captions = [.. groups.SelectMany(group => config.Read(group.Captions))];
        float[] pixels = new float[pictures.Length * PixelsPerImage];
        ParallelItems.ForEach(pictures.Length, 0, i => Prepare(clip, pictures[i], pixels.AsSpan(i * PixelsPerImage, PixelsPerImage)));
        TokenEmbeddings images = clip.EncodePixels(pixels, pictures.Length).Tokens;
        TextEncoding texts = clip.EncodeTexts(captions, config.TextTokens);
        int columns = config.TextTokens,
            width = config.Dimension,
            perImage = config.ImageTokens * width,
            perText = columns * width,
            image = 0,
            text = 0;
        foreach (HeadTrainingGroup group in groups)
        {
            float[] placed = new float[group.Captions.Count * perText];
            long[] rows = new long[group.Captions.Count * columns];
            for (int caption = 0; caption < group.Captions.Count; caption++)
            {
                Place(
                    texts.Texts[text + caption],
                    texts.Tokens[text + caption],
                    placed.AsSpan(caption * perText, perText),
                    rows.AsSpan(caption * columns, columns)
                );
            }

            yield return new EncodedGroup(
                SampleBatch.Halves(images.Values.Slice(image * perImage, group.Images.Count * perImage)),
                SampleBatch.Halves(placed),
                rows,
                group.Targets,
                group.Image,
                group.Kinds
            );
            (image, text) = (image + group.Images.Count, text + group.Captions.Count);
        }
    }

    /// <summary>Puts the tokens of a caption where its layout has them.</summary>
    private void Place(TokenizedText caption, ReadOnlySpan<float> tokens, Span<float> placed, Span<long> rows)
    {
        int width = config.Dimension;
        ColumnLayout layout = config.Words.Layout(caption, config.Placement);
        for (int column = 0; column < rows.Length; column++)
        {
            rows[column] = layout.Rows[column];
            if (layout.Rows[column] < 0)
                tokens.Slice(layout.Tokens[column] * width, width).CopyTo(placed[(column * width)..]);
        }
    }

    private static HeadTrainingGroup Checked(HeadTrainingGroup group, IHeadTrainingSource source, (int Stream, long Index) place) =>
        group.Images.Count > 0
        && group.Captions.Count > 0
        && group.Targets.Rows == group.Images.Count
        && group.Targets.Columns == group.Captions.Count
        && group.Image.Count == group.Captions.Count
        && group.Kinds.Count == group.Captions.Count
            ? group
            : throw new InvalidDataException(
                $"stream '{source.Streams[place.Stream]}', group {place.Index}: {group.Images.Count} pictures and {group.Captions.Count} "
                    + $"captions, but targets of {group.Targets.Rows} and {group.Targets.Columns}"
            );

    /// <summary>Encodes what is not known yet, and takes the rest as it is.</summary>
    private SampleBatch Shared(IHeadTrainingSource source, (int Stream, long Index)[] wanted, float[] pixels, SampleEncodings known)
    {
        (int Stream, long Index)[] missing = [.. wanted.Where(sample => known.Find(source, sample.Stream, sample.Index) is null)];
        if (missing.Length > 0)
        {
            SampleBatch encoded = Encode(source, missing, pixels);
            for (int i = 0; i < missing.Length; i++)
                known.Add(source, missing[i].Stream, missing[i].Index, encoded.Extract(i));
        }
        return SampleBatch.Of([.. wanted.Select(sample => known.Find(source, sample.Stream, sample.Index)!)], config);
    }

    private SampleBatch Encode(IHeadTrainingSource source, (int Stream, long Index)[] wanted, float[] pixels)
    {
        var samples = new HeadTrainingSample[wanted.Length];
        ParallelItems.ForEach(
            wanted.Length,
            0,
            i =>
            {
                (int stream, long index) = wanted[i];
                samples[i] = Checked(source.Read(stream, index), source.Streams[stream], index);
                Prepare(clip, samples[i].Image, pixels.AsSpan(2 * i * PixelsPerImage, PixelsPerImage));
                if (samples[i].NegativeImage is { } negative)
                    Prepare(clip, negative, pixels.AsSpan(((2 * i) + 1) * PixelsPerImage, PixelsPerImage));
            }
        );
        List<int> slots = Pack(samples, pixels);
        TokenEmbeddings images = clip.EncodePixels(pixels.AsMemory(0, slots.Count * PixelsPerImage), slots.Count).Tokens;
        TextEncoding texts = clip.EncodeTexts(config.Read(HeadTrainingSample.CaptionsOf(samples)), config.TextTokens);
        return new SampleBatch(
            slots,
            images.Values.ToArray(),
            [.. samples.Select(sample => 2 * sample.Captions.Count)],
            texts.Tokens.Values.ToArray(),
            texts.Texts,
            config
        );
    }

    private int PixelsPerImage => 3 * clip.ImageSize * clip.ImageSize;

    /// <summary>Brings a picture to CLIP's size, unless it has it, and normalizes it.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="image">The picture.</param>
    /// <param name="pixels">[3, side, side], written.</param>
    internal static void Prepare(ClipModel clip, RgbImage image, Span<float> pixels)
    {
        if (image.Width == clip.ImageSize && image.Height == clip.ImageSize)
            clip.Preprocessor.Normalize(image.Pixels, pixels);
        else
            clip.Preprocessor.Preprocess(image, pixels);
    }

    /// <summary>
    /// Moves the pictures that are there to the front, and lists their places: 2 · sample, or 2 · sample + 1 for the negative.
    /// </summary>
    private List<int> Pack(HeadTrainingSample[] samples, float[] pixels)
    {
        var slots = new List<int>();
        for (int slot = 0; slot < samples.Length * 2; slot++)
        {
            if (slot % 2 == 1 && samples[slot / 2].NegativeImage is null)
                continue;
            if (slot > slots.Count)
                pixels.AsSpan(slot * PixelsPerImage, PixelsPerImage).CopyTo(pixels.AsSpan(slots.Count * PixelsPerImage));
            slots.Add(slot);
        }
        return slots;
    }

    private void Store(SampleBatch batch, int start, EncodedSamples result)
    {
        using DisposeScope scope = NewDisposeScope();
        int count = batch.Count,
            paraphrases = result.Paraphrases,
            columns = config.TextTokens,
            width = config.Dimension;
        float[] values = batch.Images;
        if (batch.Slots.Count < count * 2)
        {
            int perImage = values.Length / batch.Slots.Count;
            float[] present = new float[count * 2];
            float[] spread = new float[count * 2 * perImage];
            for (int i = 0; i < batch.Slots.Count; i++)
            {
                values.AsSpan(i * perImage, perImage).CopyTo(spread.AsSpan(batch.Slots[i] * perImage));
                present[batch.Slots[i]] = 1;
            }
            values = spread;
            result.Present.narrow(0, start, count).copy_(tensor(present, [count, 2]));
            result.Complete = false;
        }
        result.Images.narrow(0, start, count).copy_(tensor(values, result.Images.narrow(0, start, count).shape));

        float[] tokens = new float[count * paraphrases * 2 * columns * width];
        long[] rows = new long[count * paraphrases * 2 * columns];
        for (int place = 0; place < count * paraphrases * 2; place++)
        {
            // Where a sample has fewer paraphrases than the first one, it repeats them.
            int sample = place / (2 * paraphrases),
                paraphrase = place / 2 % paraphrases;
            int caption = batch.FirstCaption(sample) + (2 * (paraphrase % batch.Paraphrases(sample))) + (place % 2);
            Place(
                batch.Captions[caption],
                batch.Texts.AsSpan(caption * columns * width, columns * width),
                tokens.AsSpan(place * columns * width, columns * width),
                rows.AsSpan(place * columns, columns)
            );
        }
        Tensor storedTexts = result.Texts.narrow(0, (long)start * paraphrases, (long)count * paraphrases);
        Tensor storedRows = result.Rows.narrow(0, (long)start * paraphrases, (long)count * paraphrases);
        storedTexts.copy_(tensor(tokens, storedTexts.shape));
        storedRows.copy_(tensor(rows, storedRows.shape));
    }

    private static HeadTrainingSample Checked(HeadTrainingSample sample, string stream, long index) =>
        sample.Captions.Count > 0 && sample.Captions.Count == sample.NegativeCaptions.Count
            ? sample
            : throw new InvalidDataException(
                $"stream '{stream}', sample {index}: {sample.Captions.Count} captions and {sample.NegativeCaptions.Count} opposite "
                    + "captions; "
                    + "there should be as many of both, and one at least"
            );
}
