using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Captions compared with each other, by the cosine of their pooled embeddings.</summary>
internal static class CaptionPairs
{
    /// <summary>Scores each pair of an item's captions.</summary>
    /// <exception cref="ArgumentException">A scorer compares no captions with each other.</exception>
    public static MatchScores Run(
        MatchBenchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        BenchmarkRunOptions options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        BenchmarkRunner.Check(scorers, options, benchmark.Items.Count, benchmark.Name);
        if (scorers.FirstOrDefault(scorer => scorer is not ClipScorer) is { } other)
            throw new ArgumentException($"{benchmark.Name} compares captions with each other, which {other.Name} can't.", nameof(scorers));
        var scores = new List<double[]>[scorers.Count];
        for (int s = 0; s < scorers.Count; s++)
            scores[s] = [];
        int done = 0;
        foreach (MatchItem[] batch in benchmark.Items.Chunk(options.BatchItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int s = 0; s < scorers.Count; s++)
            {
                IReadOnlyList<string> texts = BenchmarkRunner.Wording(scorers[s], [.. batch.SelectMany(item => item.Captions)], options);
                TokenEmbeddings pooled = scorers[s].Encoder.EncodeTexts(texts, scorers[s].Encoder.ContextLength).Pooled;
                for (int i = 0, first = 0; i < batch.Length; first += batch[i++].Captions.Count)
                    scores[s].Add(Cosines(pooled, first, batch[i].Captions.Count));
            }

            progress?.Report(new WorkProgress(done += batch.Length, benchmark.Items.Count, benchmark.Name));
        }

        return new MatchScores(benchmark, ScorerList.Describe(scorers), [.. scores.Select(own => own.ToArray())], [])
        {
            Cut = BenchmarkRunner.Cut(benchmark.Items.Select(item => item.Captions), scorers, options),
        };
    }

    // (1, 2), (1, 3), (2, 3)
    private static double[] Cosines(TokenEmbeddings pooled, int first, int count) =>
        [
            .. from one in Enumerable.Range(first, count)
            from other in Enumerable.Range(one + 1, first + count - one - 1)
            select (double)TensorPrimitives.Dot(pooled[one], pooled[other]),
        ];
}
