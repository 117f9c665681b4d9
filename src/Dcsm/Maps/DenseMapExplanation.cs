using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;

namespace Dcsm.Maps;

/// <summary>The map of one image and one caption before it is standardized, to be looked at and drawn.</summary>
public sealed class DenseMapExplanation
{
    private readonly float[] _map;
    private readonly float[] _placed;

    private DenseMapExplanation(float[] map, float[] placed, IReadOnlyList<MapToken> tokens, IReadOnlyList<MapWord> words)
    {
        _map = map;
        _placed = placed;
        Tokens = tokens;
        Words = words;
    }

    /// <summary>The caption.</summary>
    public required string Caption { get; init; }

    /// <summary>
    /// The score of the pair; null where there is no head. With <see cref="MapStandardization.WholeBatch"/> this is the pair scored by
    /// itself.
    /// </summary>
    public required float? Score { get; init; }

    /// <summary>Rows of the map: CLS and patches.</summary>
    public required int ImageTokens { get; init; }

    /// <summary>Columns of the map.</summary>
    public int TextTokens => Tokens.Count;

    /// <summary>The side of the patches' grid, √(imageTokens − 1); 0 if the patches are not a square.</summary>
    public int GridSide => Math.Sqrt(ImageTokens - 1) is var side && side == Math.Floor(side) ? (int)side : 0;

    /// <summary>Cosines of image and text tokens as CLIP gives them, without functional rows. [imageTokens, textTokens]</summary>
    public ReadOnlySpan<float> Map => _map;

    /// <summary>The map that the head reads, but for standardization: functional rows in their places. [imageTokens, textTokens]</summary>
    public ReadOnlySpan<float> PlacedMap => _placed;

    /// <summary>The columns. [textTokens]</summary>
    public IReadOnlyList<MapToken> Tokens { get; }

    /// <summary>The words of the caption, split at white space, that have a column.</summary>
    public IReadOnlyList<MapWord> Words { get; }

    /// <summary>The cosines of one text token with the patches, row by row.</summary>
    /// <param name="column">The column.</param>
    /// <returns>[gridSide, gridSide]</returns>
    public float[] Patches(int column)
    {
        CheckColumn(column);
        float[] patches = new float[ImageTokens - 1];
        for (int i = 0; i < patches.Length; i++)
            patches[i] = Map[((i + 1) * TextTokens) + column];
        return patches;
    }

    /// <summary>The cosines of a word with the patches, row by row: the mean over its tokens.</summary>
    /// <param name="word">One of <see cref="Words"/>.</param>
    /// <returns>[gridSide, gridSide]</returns>
    public float[] Patches(MapWord word)
    {
        ArgumentNullException.ThrowIfNull(word);
        float[] sum = new float[ImageTokens - 1];
        foreach (int column in word.Columns)
        {
            float[] patches = Patches(column);
            for (int i = 0; i < sum.Length; i++)
                sum[i] += patches[i] / word.Columns.Count;
        }
        return sum;
    }

    /// <summary>The map of one image and one caption as CLIP gives it, for which no head is needed.</summary>
    /// <param name="images">Encoded images.</param>
    /// <param name="image">Which of them.</param>
    /// <param name="captions">Encoded captions, of the same CLIP.</param>
    /// <param name="caption">Which of them.</param>
    /// <exception cref="ArgumentException">The two are of different widths.</exception>
    public static DenseMapExplanation OfClip(ImageEncoding images, int image, TextEncoding captions, int caption)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        if (images.Tokens.Dimension != captions.Tokens.Dimension)
        {
            throw new ArgumentException(
                $"The image's tokens are of {images.Tokens.Dimension} numbers, the caption's of {captions.Tokens.Dimension}.",
                nameof(captions)
            );
        }

        TokenizedText text = captions.Texts[caption];
        float[] map = new float[images.Tokens.Tokens * captions.Tokens.Tokens];
        DenseMap.Compute(images.Tokens[image], captions.Tokens[caption], images.Tokens.Dimension, map);
        FunctionalWordList words = FunctionalWordList.None;
        IReadOnlyList<MapToken> tokens = CaptionColumns.Tokens(text, words.Layout(text, RowPlacement.TokenAligned), words);
        return new DenseMapExplanation(map, map, tokens, CaptionColumns.Words(text, tokens))
        {
            Caption = text.Text,
            Score = null,
            ImageTokens = images.Tokens.Tokens,
        };
    }

    internal static DenseMapExplanation Create(
        DcsmHead head,
        ReadOnlySpan<float> imageTokens,
        ReadOnlySpan<float> textTokens,
        TokenizedText caption
    )
    {
        DcsmConfig config = head.Config;
        ColumnLayout layout = config.Words.Layout(caption, config.Placement);
        float[] map = new float[config.ImageTokens * config.TextTokens];
        DenseMap.Compute(imageTokens, textTokens, config.Dimension, map);
        float[] placed = [.. map];
        DenseMap.PlaceRows(placed, layout, head.Weights.FunctionalRows.Span);
        float[] standardized = [.. placed];
        if (config.FixedStatistics is { } statistics)
            statistics.Standardize(standardized);
        else
            DenseMap.Standardize(standardized);
        Span<float> score = stackalloc float[1];
        head.Score(standardized, score);

        IReadOnlyList<MapToken> tokens = CaptionColumns.Tokens(caption, layout, config.Words);
        return new DenseMapExplanation(map, placed, tokens, CaptionColumns.Words(caption, tokens))
        {
            Caption = caption.Text,
            Score = score[0],
            ImageTokens = config.ImageTokens,
        };
    }

    private void CheckColumn(int column)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(column);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, TextTokens);
    }
}
