using System.Runtime.InteropServices;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Xunit.Abstractions;

namespace Dcsm.Clip.Tests;

public sealed class ClipModelGoldenTests(ITestOutputHelper output)
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("a-quickgelu")]
    [InlineData("b-gelu")]
    [InlineData("c-fp16")]
    [InlineData("d-bf16-sharded")]
    public void Embeddings_and_maps_are_those_of_transformers(string name)
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", name));
        using var inputs = SafetensorsFile.Open(Goldens.Path("clip-tiny", name, "inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Goldens.Path("clip-tiny", name, "expected.safetensors"));
        int images = inputs.Get("pixel_values").Shape[0];
        int texts = inputs.Get("input_ids").Shape[0];
        int length = inputs.Get("input_ids").Shape[1];
        int[] ids = Integers(inputs, "input_ids");
        int[] mask = Integers(inputs, "attention_mask");

        ImageEncoding image = model.EncodePixels(inputs.ReadFloat32("pixel_values"), images);
        Check(expected, "image_embeds", image.Pooled.Values);
        Check(expected, "dcsm.image_tokens", image.Tokens.Values);

        TextEncoding text = model.EncodeTokens([
            .. Enumerable
                .Range(0, texts)
                .Select(i => Text(ids[(i * length)..((i + 1) * length)], mask[(i * length)..((i + 1) * length)].Sum())),
        ]);
        Check(expected, "text_embeds", text.Pooled.Values);
        Check(expected, "dcsm.text_tokens", text.Tokens.Values);
        Check(expected, "dcsm.map", Map(image.Tokens, text.Tokens));

        TextEncoding unmasked = model.EncodeTokens([
            .. Enumerable.Range(0, texts).Select(i => Text(ids[(i * length)..((i + 1) * length)], length)),
        ]);
        Check(expected, "text_embeds", unmasked.Pooled.Values);
        Check(expected, "dcsm_nomask.text_tokens", unmasked.Tokens.Values);
        Check(expected, "dcsm_nomask.map", Map(image.Tokens, unmasked.Tokens));

        int[] wide = Integers(inputs, "input_ids_77");
        TextEncoding whole = model.EncodeTokens([Text(wide[..77], 77), Text(wide[77..], 77)]);
        Check(Unit(expected.ReadFloat32("text_77.embeds_raw"), model.Dimension), "text_77.embeds", whole.Pooled.Values);
    }

    [Theory]
    [InlineData("a-quickgelu")]
    [InlineData("b-gelu")]
    public void An_item_does_not_depend_on_its_neighbors(string name)
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", name), new ClipOptions { BatchSize = 2, Threads = 1 });
        using var inputs = SafetensorsFile.Open(Goldens.Path("clip-tiny", name, "inputs.safetensors"));
        float[] pixels = inputs.ReadFloat32("pixel_values");
        ImageEncoding together = model.EncodePixels(pixels, 3);
        for (int i = 0; i < 3; i++)
        {
            ImageEncoding alone = model.EncodePixels(pixels.AsMemory(i * pixels.Length / 3, pixels.Length / 3), 1);
            Close(together.Tokens[i], alone.Tokens.Values, 1e-6f);
        }
        int[] ids = Integers(inputs, "input_ids");
        TokenizedText[] texts = [.. Enumerable.Range(0, 6).Select(i => Text(ids[(i * 30)..((i + 1) * 30)], 3 + (4 * i)))];
        TextEncoding all = model.EncodeTokens(texts);
        for (int i = 0; i < 6; i++)
            Close(all.Tokens[i], model.EncodeTokens([texts[i]]).Tokens.Values, 1e-6f);
    }

    private static TokenizedText Text(int[] ids, int length) => new("", ids, new TextRange[ids.Length], length, false);

    private static int[] Integers(SafetensorsFile file, string name) =>
        [.. MemoryMarshal.Cast<byte, long>(file.Bytes(name)).ToArray().Select(id => (int)id)];

    private static float[] Map(TokenEmbeddings images, TokenEmbeddings texts)
    {
        float[] map = new float[images.Count * texts.Count * images.Tokens * texts.Tokens];
        int at = 0;
        for (int b = 0; b < images.Count; b++)
        {
            for (int p = 0; p < texts.Count; p++)
            {
                for (int i = 0; i < images.Tokens; i++)
                {
                    for (int t = 0; t < texts.Tokens; t++)
                    {
                        map[at++] = System.Numerics.Tensors.TensorPrimitives.Dot(
                            images[b].Slice(i * images.Dimension, images.Dimension),
                            texts[p].Slice(t * texts.Dimension, texts.Dimension)
                        );
                    }
                }
            }
        }

        return map;
    }

    private static float[] Unit(float[] values, int dimension)
    {
        foreach (int start in Enumerable.Range(0, values.Length / dimension).Select(i => i * dimension))
        {
            float norm = MathF.Sqrt(values.AsSpan(start, dimension).ToArray().Sum(value => value * value));
            for (int i = 0; i < dimension; i++)
                values[start + i] /= norm;
        }
        return values;
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
    }

    private void Check(SafetensorsFile expected, string name, float[] actual) => Check(expected.ReadFloat32(name), name, actual);

    private void Check(float[] expected, string name, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        output.WriteLine($"{name}: {worst:E1}");
        Assert.True(worst <= Tolerance, $"{name}: maximum difference {worst:E2}");
    }
}
