using Dcsm.Clip.Preprocessing;
using Dcsm.Maps;

namespace Dcsm.Reporting.Pictures;

/// <summary>
/// One word of a caption as a picture: where on the image its cosine is high, or the functional row that stands in its place.
/// </summary>
/// <param name="Word">The word.</param>
/// <param name="FunctionalWord">The functional word whose row the head reads here instead of cosines; null for other words.</param>
/// <param name="Picture">The drawing.</param>
/// <param name="Values">From the lowest to the highest value of its patches.</param>
/// <param name="Scale">The values that the colors run over.</param>
internal sealed record DenseMapPanel(string Word, string? FunctionalWord, RgbImage Picture, HeatScale Values, HeatScale Scale)
{
    /// <summary>The panels of a caption's words, in order.</summary>
    /// <param name="map">The map.</param>
    /// <param name="image">The picture that the map is of; square, as the model sees it.</param>
    /// <param name="size">Side of a panel in pixels.</param>
    /// <param name="ownScales">
    /// Whether each word has a scale of its own, which shows where it points even when its values are low throughout; else all share one,
    /// so that words can be compared.
    /// </param>
    /// <param name="skip">Words to leave out, such as articles; case does not matter.</param>
    /// <exception cref="ArgumentException">The map's patches form no square grid.</exception>
    public static IReadOnlyList<DenseMapPanel> Of(
        DenseMapExplanation map,
        RgbImage image,
        int size,
        bool ownScales = false,
        IReadOnlyCollection<string>? skip = null
    )
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(image);
        if (map.GridSide == 0)
            throw new ArgumentException($"{map.ImageTokens - 1} patches form no square grid.", nameof(map));
        MapWord[] words =
        [
            .. map.Words.Where(w => w.FunctionalWord is not null || skip?.Contains(w.Text, StringComparer.OrdinalIgnoreCase) != true),
        ];
        float[][] values = [.. words.Select(w => w.FunctionalWord is null ? map.Patches(w) : Row(map, w))];
        float[] cosines = [.. words.Zip(values).Where(p => p.First.FunctionalWord is null).SelectMany(p => p.Second)];
        HeatScale all = cosines.Length > 0 ? HeatScale.Of(cosines) : default;
        return
        [
            .. words.Zip(
                values,
                (word, patches) =>
                {
                    bool functional = word.FunctionalWord is not null;
                    var range = HeatScale.Of(patches);
                    HeatScale scale = ownScales || functional ? range : all;
                    RgbImage picture = functional
                        ? HeatMapPicture.Squares(patches, map.GridSide, scale, size)
                        : HeatMapPicture.Overlay(image, patches, map.GridSide, scale, size);
                    return new DenseMapPanel(word.Text, word.FunctionalWord, picture, range, scale);
                }
            ),
        ];
    }

    private static float[] Row(DenseMapExplanation map, MapWord word)
    {
        int column = word.Columns.First(c => map.Tokens[c].FunctionalWord is not null);
        float[] row = new float[map.ImageTokens - 1];
        for (int i = 0; i < row.Length; i++)
            row[i] = map.PlacedMap[(i + 1) * map.TextTokens + column];
        return row;
    }
}
