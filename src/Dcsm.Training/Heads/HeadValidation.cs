using Dcsm.Training.Samples;
using TorchSharp;
using static TorchSharp.torch;
using Counts = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, long>>;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>Accuracy on the validation parts of a source; their first samples of each stream, in their paraphrases.</summary>
internal sealed class HeadValidation(IHeadTrainingSource source, HeadTrainingOptions options, SampleEncoder encoder) : IDisposable
{
    // Samples a pass: bounds the memory that maps take.
    private const int BatchSize = 64;
    private readonly SortedDictionary<string, (int[] Streams, EncodedSamples Samples)> _parts = new(StringComparer.Ordinal);

    /// <summary>Share of pictures whose own caption scores higher than the negative one, per part and stream, and of how many.</summary>
    /// <param name="scores">From [samples, 2, …] to scores [samples, 2, 2].</param>
    /// <param name="cancellationToken">Stops encoding.</param>
    public (Figures Figures, Counts Counts) Evaluate(Func<HeadBatch, Tensor> scores, CancellationToken cancellationToken)
    {
        if (options.ValidationSamples == 0)
            return (HeadTrainingProgress.NoValidation, new Dictionary<string, IReadOnlyDictionary<string, long>>());
        using IDisposable noGradient = no_grad();
        var result = new Dictionary<string, IReadOnlyDictionary<string, double>>();
        var counts = new Dictionary<string, IReadOnlyDictionary<string, long>>();
        foreach ((string name, IHeadTrainingSource part) in source.Validation)
        {
            if (!_parts.TryGetValue(name, out (int[] Streams, EncodedSamples Samples) known))
                _parts[name] = known = Encode(part, cancellationToken);
            double[] right = new double[part.Streams.Count];
            int[] count = new int[part.Streams.Count];
            for (int start = 0; start < known.Samples.Count; start += BatchSize)
            {
                for (int paraphrase = 0; paraphrase < known.Samples.Paraphrases; paraphrase++)
                {
                    using DisposeScope scope = NewDisposeScope();
                    long[] samples = [.. Enumerable.Range(start, Math.Min(BatchSize, known.Samples.Count - start)).Select(i => (long)i)];
                    HeadBatch batch = known.Samples.Draw(samples, [.. samples.Select(_ => (long)paraphrase)]);
                    Tensor found = HeadLosses.Right(scores(batch));
                    found = batch.Present is { } present ? (found * present).sum(1) / present.sum(1) : found.mean([1]);
                    float[] hits = [.. found.cpu().data<float>()];
                    for (int i = 0; i < hits.Length; i++)
                    {
                        right[known.Streams[start + i]] += hits[i];
                        count[known.Streams[start + i]]++;
                    }
                }
            }

            result[name] = part.Streams.Select((stream, i) => (stream, right[i] / count[i])).ToDictionary(s => s.stream, s => s.Item2);
            counts[name] = part.Streams.Select((stream, i) => (stream, count[i])).ToDictionary(s => s.stream, s => (long)s.Item2);
        }
        return (result, counts);
    }

    public void Dispose()
    {
        foreach ((_, EncodedSamples samples) in _parts.Values)
            samples.Dispose();
    }

    private (int[] Streams, EncodedSamples Samples) Encode(IHeadTrainingSource part, CancellationToken cancellationToken)
    {
        List<(int Stream, long Index)> wanted = [];
        for (int stream = 0; stream < part.Streams.Count; stream++)
        {
            for (long i = 0; i < Math.Min(options.ValidationSamples, part.Count(stream) ?? long.MaxValue); i++)
                wanted.Add((stream, i));
        }

        return ([.. wanted.Select(sample => sample.Stream)], encoder.Encode(part, wanted, cancellationToken));
    }
}
