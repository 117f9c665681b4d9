using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Maps;

namespace Dcsm.Tests;

public class MapGoldenTests
{
    public static TheoryData<string, string, RowPlacement> Variants =>
        new()
        {
            { "small", "run_evals", RowPlacement.Official },
            { "small", "train", RowPlacement.Official },
            { "small", "eval_simple", RowPlacement.OfficialNotebook },
            { "full", "run_evals", RowPlacement.Official },
            { "full", "eval_simple", RowPlacement.OfficialNotebook },
        };

    [Theory]
    [InlineData("small")]
    [InlineData("full")]
    public void Plain_maps_equal_the_official_ones(string size) =>
        Assert.InRange(Goldens.MaxDifference(Expected(size, "plain_map"), PlainMaps(size)), 0, 1e-5);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Maps_before_and_after_standardizing_equal_the_official_ones(string size, string variant, RowPlacement placement)
    {
        // From the golden plain map on, so that a difference of its rounding is not counted here.
        float[] maps = Expected(size, "plain_map");
        int[] shape = Goldens.Shape($"maps_{size}_expected.safetensors", "plain_map");
        float[] rows = Goldens.Tensor($"maps_{size}_inputs.safetensors", "functional_rows");
        JsonElement captions = Goldens.Json("official-dcsm", "maps.json").GetProperty($"maps_{size}").GetProperty("captions");
        int length = shape[2] * shape[3];
        for (int image = 0; image < shape[0]; image++)
        {
            for (int caption = 0; caption < shape[1]; caption++)
            {
                TokenizedText text = WordTokens.Tokenize(captions[caption].GetString()!, shape[3]);
                Span<float> map = maps.AsSpan(((image * shape[1]) + caption) * length, length);
                DenseMap.PlaceRows(map, FunctionalWordList.Official.Layout(text, placement), rows);
            }
        }
        Assert.Equal(0, Goldens.MaxDifference(Expected(size, $"{variant}.before"), maps));
        DenseMap.StandardizeTogether(maps);
        Assert.InRange(Goldens.MaxDifference(Expected(size, $"{variant}.after"), maps), 0, 1e-5);
    }

    private static float[] Expected(string size, string tensor) => Goldens.Tensor($"maps_{size}_expected.safetensors", tensor);

    private static float[] PlainMaps(string size)
    {
        TokenEmbeddings images = Tokens(size, "image_tokens");
        TokenEmbeddings texts = Tokens(size, "text_tokens");
        int length = images.Tokens * texts.Tokens;
        float[] maps = new float[images.Count * texts.Count * length];
        for (int image = 0; image < images.Count; image++)
        {
            for (int text = 0; text < texts.Count; text++)
            {
                DenseMap.Compute(
                    images[image],
                    texts[text],
                    images.Dimension,
                    maps.AsSpan(((image * texts.Count) + text) * length, length)
                );
            }
        }
        return maps;
    }

    /// <summary>The golden tokens, made unit length as the official code does before the map.</summary>
    private static TokenEmbeddings Tokens(string size, string tensor)
    {
        string file = $"maps_{size}_inputs.safetensors";
        int[] shape = Goldens.Shape(file, tensor);
        float[] values = Goldens.Tensor(file, tensor);
        for (int token = 0; token < shape[0] * shape[1]; token++)
        {
            Span<float> vector = values.AsSpan(token * shape[2], shape[2]);
            double squares = 0.0;
            foreach (float value in vector)
                squares += (double)value * value;
            foreach (ref float value in vector)
                value = (float)(value / Math.Sqrt(squares));
        }
        return new TokenEmbeddings(values, shape[0], shape[1], shape[2]);
    }
}
