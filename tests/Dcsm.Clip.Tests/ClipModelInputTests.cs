using System.Runtime.InteropServices;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests;

public sealed class ClipModelInputTests
{
    [Theory]
    [InlineData("a-quickgelu")]
    [InlineData("b-gelu")]
    public void Pooled_texts_do_not_depend_on_the_mask(string name)
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", name));
        using var inputs = SafetensorsFile.Open(Goldens.Path("clip-tiny", name, "inputs.safetensors"));
        int[][] ids = [.. Integers(inputs, "input_ids").Chunk(30)];
        int[][] mask = [.. Integers(inputs, "attention_mask").Chunk(30)];
        TextEncoding masked = model.EncodeTokens([.. ids.Zip(mask, (text, real) => Text(text, real.Sum()))]);
        TextEncoding unmasked = model.EncodeTokens([.. ids.Select(text => Text(text, 30))]);
        Close(masked.Pooled.Values.ToArray(), unmasked.Pooled.Values.ToArray(), 1e-6f);
        Assert.Contains(
            masked.Tokens.Values.ToArray().Zip(unmasked.Tokens.Values.ToArray()),
            pair => Math.Abs(pair.First - pair.Second) > 0.01f
        );
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
            Close(together.Tokens[i], alone.Tokens.Values.ToArray(), 1e-6f);
        }
        int[] ids = Integers(inputs, "input_ids");
        TokenizedText[] texts = [.. Enumerable.Range(0, 6).Select(i => Text(ids[(i * 30)..((i + 1) * 30)], 3 + (4 * i)))];
        TextEncoding all = model.EncodeTokens(texts);
        for (int i = 0; i < 6; i++)
            Close(all.Tokens[i], model.EncodeTokens([texts[i]]).Tokens.Values.ToArray(), 1e-6f);
    }

    private static TokenizedText Text(int[] ids, int length) => new("", ids, new TextRange[ids.Length], length, false);

    private static int[] Integers(SafetensorsFile file, string name) =>
        [.. MemoryMarshal.Cast<byte, long>(file.Bytes(name)).ToArray().Select(id => (int)id)];

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
    }
}
