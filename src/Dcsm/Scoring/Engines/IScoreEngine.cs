using Dcsm.Clip.Models;
using Dcsm.Maps;

namespace Dcsm.Scoring.Engines;

/// <summary>Scores encodings: maps, functional rows, standardization and head, on many pairs at once.</summary>
internal interface IScoreEngine
{
    /// <summary>Every image with every caption; pair number = image · captions + caption.</summary>
    void Grid(TokenEmbeddings images, TokenEmbeddings texts, ColumnLayout[] layouts, ScoreOutput output, ParallelOptions parallel);

    /// <summary>Chosen pairs, numbered in their order.</summary>
    void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        ScoreOutput output,
        ParallelOptions parallel
    );
}
