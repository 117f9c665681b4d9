using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;

namespace Dcsm.Benchmarks.Compare;

/// <summary>Heads and embeddings of the size of a ViT-B/16: 197 image tokens, 30 text tokens, 512 wide. All from formulas.</summary>
internal static class Inputs
{
    public const int ImageTokens = 197,
        TextTokens = 30,
        Dimension = 512;

    private static readonly string[] CaptionsValue =
    [
        "A picture of a mug above a bowl",
        "A picture of a bowl to the left of a teapot",
        "A picture of a small car and a big cat",
        "An image of a dog but no cat",
        "A picture of a red chair and a blue table",
        "An image of a bird without a tree",
        "A picture of a lamp to the right of a sofa",
        "An image of a cup and not a plate",
    ];

    /// <summary>A head with the official words and placement.</summary>
    public static DcsmHead Head(MapStandardization standardization = MapStandardization.PerMap)
    {
        string folder = GoldenFiles.Path("official-dcsm");
        using var rows = SafetensorsFile.Open(Path.Combine(folder, "functional_rows.safetensors"));
        var config = new DcsmConfig
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = ImageTokens,
            TextTokens = TextTokens,
            Dimension = Dimension,
            Words = FunctionalWordList.Official,
            Placement = RowPlacement.Official,
            Standardization = standardization,
        };
        return new DcsmHead(
            config,
            FormulaTensors.Read(Path.Combine(folder, "head_formula.json")).Head(rows.ReadFloat32("functional_rows"))
        );
    }

    public static ImageEncoding Images(int count, string name = "images") =>
        new(Tokens(name, count, ImageTokens), Tokens(name + ".pooled", count, 1));

    public static TextEncoding Captions(int count, string name = "captions") =>
        new(
            Tokens(name, count, TextTokens),
            Tokens(name + ".pooled", count, 1),
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new TokenizedText(
                        CaptionsValue[i % CaptionsValue.Length],
                        new int[TextTokens],
                        new TextRange[TextTokens],
                        TextTokens,
                        false
                    )),
            ]
        );

    /// <summary>Pixels as a prepared picture has them. [count, 3, 224, 224]</summary>
    public static float[] Pixels(int count) => FormulaTensors.Values("pixels", count * 3 * 224 * 224, 4, 0);

    /// <summary>Vectors of unit length that, as CLIP's, have a direction in common.</summary>
    private static TokenEmbeddings Tokens(string name, int count, int tokens)
    {
        float[] common = FormulaTensors.Values("common", Dimension, 1, 0),
            values = FormulaTensors.Values(name, checked(count * tokens * Dimension), 2, 0);
        Parallel.For(
            0,
            count * tokens,
            token =>
            {
                Span<float> vector = values.AsSpan(token * Dimension, Dimension);
                float squares = 0;
                for (int d = 0; d < Dimension; d++)
                {
                    vector[d] += common[d];
                    squares += vector[d] * vector[d];
                }
                float scale = 1 / MathF.Sqrt(squares);
                foreach (ref float value in vector)
                    value *= scale;
            }
        );
        return new TokenEmbeddings(values, count, tokens, Dimension);
    }
}
