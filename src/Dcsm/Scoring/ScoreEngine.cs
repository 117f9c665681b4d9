using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring;

/// <summary>Where results of a run go: per pair a score, or statistics of its map before standardizing.</summary>
/// <param name="Scores">[pairs]; null to measure only.</param>
/// <param name="Statistics">[pairs]; null to score only.</param>
/// <param name="Together">Statistics that all maps are standardized by; null for each map's own.</param>
internal sealed record ScoreOutput(float[]? Scores, MapStatistics[]? Statistics, MapStatistics? Together);

/// <summary>Maps, functional rows, standardization and head, on many pairs at once.</summary>
internal abstract unsafe class ScoreEngine
{
    /// <summary>Pairs that go side by side.</summary>
    internal abstract int Lanes { get; }

    /// <summary>The engine for the widest vectors that the processor has, or for a given width.</summary>
    internal static ScoreEngine Create(DcsmConfig config, DcsmHeadWeights weights, int vectorBits = 0) =>
        (vectorBits == 0 ? VectorWidth.Widest : vectorBits) switch
        {
            512 => new InterleavedScoreEngine<Simd512>(config, weights),
            256 => new InterleavedScoreEngine<Simd256>(config, weights),
            128 => new InterleavedScoreEngine<Simd128>(config, weights),
            _ => throw new ArgumentOutOfRangeException(nameof(vectorBits), vectorBits, "128, 256 or 512 is meant."),
        };

    /// <summary>The map of one image and one caption.</summary>
    internal static void ComputeMap(ReadOnlySpan<float> imageTokens, ReadOnlySpan<float> textTokens, int dimension, Span<float> map)
    {
        fixed (
            float* image = imageTokens,
                text = textTokens,
                to = map
        )
        {
            (int rows, int columns) = (imageTokens.Length / dimension, textTokens.Length / dimension);
            switch (VectorWidth.Widest)
            {
                case 512:
                    InterleavedScoreEngine<Simd512>.ComputeMap(image, rows, text, columns, dimension, to);
                    break;
                case 256:
                    InterleavedScoreEngine<Simd256>.ComputeMap(image, rows, text, columns, dimension, to);
                    break;
                default:
                    InterleavedScoreEngine<Simd128>.ComputeMap(image, rows, text, columns, dimension, to);
                    break;
            }
        }
    }

    /// <summary>Scores standardized maps.</summary>
    internal abstract void ScoreMaps(ReadOnlySpan<float> maps, Span<float> scores);

    /// <summary>Every image with every caption; pair number = image · captions + caption.</summary>
    internal abstract void Grid(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        ScoreOutput output,
        ParallelOptions parallel
    );

    /// <summary>Chosen pairs.</summary>
    /// <param name="number">For each pair its number in the output; null if they are numbered in order.</param>
    internal abstract void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        Func<int, int>? number,
        ScoreOutput output,
        ParallelOptions parallel
    );
}
