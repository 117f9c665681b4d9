using System.Runtime.ExceptionServices;
using Dcsm.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Internals;

/// <summary>Reads samples of a source and encodes them with the frozen CLIP.</summary>
internal sealed class SampleEncoder(ClipModel clip, DcsmConfig config)
{
    // Samples a batch: enough to keep every core at work, few enough to show progress and to stop soon.
    private const int BatchSize = 32;
    private long _encoded;

    /// <summary>Samples encoded so far.</summary>
    public long Encoded => Interlocked.Read(ref _encoded);

    /// <summary>Encodes samples. The same samples give the same numbers, whatever else runs.</summary>
    /// <param name="source">The source.</param>
    /// <param name="wanted">Stream and number of each sample.</param>
    /// <param name="ct">Stops between two batches.</param>
    public EncodedSamples Encode(
        IHeadTrainingSource source, IReadOnlyList<(int Stream, long Index)> wanted, CancellationToken ct)
    {
        EncodedSamples? result = null;
        var pixels = new float[Math.Min(BatchSize, wanted.Count) * 2 * PixelsPerImage];
        var slots = new List<int>();
        try
        {
            for (int start = 0; start < wanted.Count; start += BatchSize)
            {
                ct.ThrowIfCancellationRequested();
                int count = Math.Min(BatchSize, wanted.Count - start);
                var samples = new HeadTrainingSample[count];
                ForEach(count, i =>
                {
                    (int stream, long index) = wanted[start + i];
                    samples[i] = Checked(source.Read(stream, index), source.Streams[stream], index);
                    Prepare(samples[i].Image, pixels.AsSpan(2 * i * PixelsPerImage, PixelsPerImage));
                    if (samples[i].Opposite is { } opposite)
                        Prepare(opposite, pixels.AsSpan(((2 * i) + 1) * PixelsPerImage, PixelsPerImage));
                });
                Pack(samples, pixels, slots);
                result ??= new EncodedSamples(wanted.Count, samples[0].Captions.Count, config);
                Store(samples, pixels.AsMemory(0, slots.Count * PixelsPerImage), slots, start, result);
                Interlocked.Add(ref _encoded, count);
            }
            return result ?? throw new ArgumentException("There is nothing to encode.", nameof(wanted));
        }
        catch
        {
            result?.Dispose();
            throw;
        }
    }

    private int PixelsPerImage => 3 * clip.ImageSize * clip.ImageSize;

    private void Prepare(RgbImage image, Span<float> pixels)
    {
        if (image.Width == clip.ImageSize && image.Height == clip.ImageSize)
            clip.Preprocessor.Normalize(image.Pixels, pixels);
        else
            clip.Preprocessor.Preprocess(image, pixels);
    }

    /// <summary>Moves the pictures that are there to the front, and lists their places: 2 · sample, or 2 · sample + 1 for the opposite.</summary>
    private void Pack(HeadTrainingSample[] samples, float[] pixels, List<int> slots)
    {
        slots.Clear();
        for (int slot = 0; slot < samples.Length * 2; slot++)
        {
            if (slot % 2 == 1 && samples[slot / 2].Opposite is null)
                continue;
            if (slot > slots.Count)
                pixels.AsSpan(slot * PixelsPerImage, PixelsPerImage).CopyTo(pixels.AsSpan(slots.Count * PixelsPerImage));
            slots.Add(slot);
        }
    }

    private void Store(HeadTrainingSample[] samples, ReadOnlyMemory<float> pixels, List<int> slots, int start, EncodedSamples result)
    {
        using DisposeScope scope = NewDisposeScope();
        int count = samples.Length, tellings = result.Tellings, columns = config.TextTokens, width = config.Dimension;
        TokenEmbeddings images = clip.EncodePixels(pixels, slots.Count).Tokens;
        float[] values = images.Values;
        if (slots.Count < count * 2)
        {
            int perImage = values.Length / slots.Count;
            var present = new float[count * 2];
            var spread = new float[count * 2 * perImage];
            for (int i = 0; i < slots.Count; i++)
            {
                values.AsSpan(i * perImage, perImage).CopyTo(spread.AsSpan(slots[i] * perImage));
                present[slots[i]] = 1;
            }
            values = spread;
            result.Present.narrow(0, start, count).copy_(tensor(present, [count, 2]));
            result.Complete = false;
        }
        result.Images.narrow(0, start, count).copy_(tensor(values, result.Images.narrow(0, start, count).shape));

        // Caption and opposite caption, telling by telling, sample by sample. Where a sample has fewer tellings than the first
        // one, it repeats them.
        string[] captions = [.. samples.SelectMany(sample => Enumerable.Range(0, tellings).SelectMany(telling => new[]
        {
            sample.Captions[telling % sample.Captions.Count], sample.OppositeCaptions[telling % sample.Captions.Count],
        }))];
        TextEncoding texts = clip.EncodeTexts(captions, columns);
        var tokens = new float[texts.Tokens.Values.Length];
        var rows = new long[captions.Length * columns];
        for (int caption = 0; caption < captions.Length; caption++)
        {
            ColumnLayout layout = config.Words.Layout(texts.Texts[caption], config.Placement);
            for (int column = 0; column < columns; column++)
            {
                int at = (caption * columns) + column;
                rows[at] = layout.Rows[column];
                if (layout.Rows[column] < 0)
                    texts.Tokens[caption].Slice(layout.Tokens[column] * width, width).CopyTo(tokens.AsSpan(at * width, width));
            }
        }
        Tensor storedTexts = result.Texts.narrow(0, (long)start * tellings, (long)count * tellings);
        Tensor storedRows = result.Rows.narrow(0, (long)start * tellings, (long)count * tellings);
        storedTexts.copy_(tensor(tokens, storedTexts.shape));
        storedRows.copy_(tensor(rows, storedRows.shape));
    }

    private static HeadTrainingSample Checked(HeadTrainingSample sample, string stream, long index) =>
        sample.Captions.Count > 0 && sample.Captions.Count == sample.OppositeCaptions.Count
            ? sample
            : throw new InvalidDataException(
                $"stream '{stream}', sample {index}: {sample.Captions.Count} captions and {sample.OppositeCaptions.Count} opposite captions; " +
                "there should be as many of both, and one at least");

    private static void ForEach(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, body);
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }
}
