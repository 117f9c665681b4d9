using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring.Engines;

/// <summary>Where results of a run go: per pair a score, or statistics of its map before standardizing.</summary>
/// <param name="Scores">[pairs]; null to measure only.</param>
/// <param name="Statistics">[pairs]; null to score only.</param>
/// <param name="Together">Statistics that all maps are standardized by; null for each map's own.</param>
internal sealed record ScoreOutput(float[]? Scores, MapStatistics[]? Statistics, MapStatistics? Together);

/// <summary>The engine of the processor.</summary>
internal abstract class ScoreEngine : IScoreEngine
{
    /// <summary>Pairs that go side by side.</summary>
    internal abstract int Lanes { get; }

    /// <summary>The engine for a width of vectors, or for the widest that the processor has.</summary>
    internal static ScoreEngine Create(DcsmConfig config, DcsmHeadWeights weights, VectorWidth? width = null) =>
        (width ?? VectorWidth.Widest).Run(new Creation(config, weights));

    /// <summary>Scores standardized maps.</summary>
    internal abstract void ScoreMaps(ReadOnlySpan<float> maps, Span<float> scores);

    /// <inheritdoc/>
    public abstract void Grid(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        ScoreOutput output,
        ParallelOptions parallel
    );

    /// <inheritdoc/>
    public void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        ScoreOutput output,
        ParallelOptions parallel
    ) => Pairs(images, texts, layouts, pairs, static pair => pair, output, parallel);

    /// <summary>Chosen pairs.</summary>
    /// <param name="number">For each pair its number in the output.</param>
    protected abstract void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        Func<int, int> number,
        ScoreOutput output,
        ParallelOptions parallel
    );

    private sealed class Creation(DcsmConfig config, DcsmHeadWeights weights) : IVectorKernel<ScoreEngine>
    {
        public ScoreEngine Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector> => new InterleavedScoreEngine<TVector>(config, weights);
    }
}
