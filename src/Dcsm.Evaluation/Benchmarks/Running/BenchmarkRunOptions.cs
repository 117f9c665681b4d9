using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Shards;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>How a benchmark is run.</summary>
public sealed record BenchmarkRunOptions
{
    /// <summary>Items, or pictures of a retrieval benchmark, that are encoded and scored together.</summary>
    public int BatchItems { get; init; } = 32;

    /// <summary>Embeddings of pictures are read from here and kept here; null for none.</summary>
    public EmbeddingCache? Cache { get; init; }

    /// <summary>
    /// Scores are kept in this file as they come: a run that was killed goes on behind the last whole batch. Null: nothing is kept.
    /// </summary>
    public string? ScoreLog { get; init; }

    /// <summary>
    /// The part of the items, or of a retrieval benchmark's pictures, that is scored, into a log of its own; null for all. What is made of
    /// the scores of a part is of that part alone.
    /// </summary>
    public Shard? Part { get; init; }

    /// <summary>Leaves items out whose picture is missing or broken, and lists them, instead of failing.</summary>
    public bool SkipMissing { get; init; }

    /// <summary>What a scorer reads instead of a caption; null for the caption as it is.</summary>
    public Func<IScorer, string, string>? Text { get; init; }

    /// <summary>Identity of <see cref="Text"/>, so that scores of other texts are not gone on with.</summary>
    public string TextName { get; init; } = "as published";

    /// <summary>Told in a sentence for the person of lines of the log that are of another run. Null to hear nothing.</summary>
    public Action<string>? Warn { get; init; }
}
