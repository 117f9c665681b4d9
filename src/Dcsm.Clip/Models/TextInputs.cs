using Dcsm.Clip.Encoders;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Models;

/// <summary>Captions as the inputs of a network.</summary>
internal static class TextInputs
{
    /// <summary>Ids and, where the layout has one, the mask.</summary>
    /// <param name="layout">How captions are laid out.</param>
    /// <param name="texts">The captions.</param>
    /// <param name="length">How many of their ids are given.</param>
    /// <param name="start">An id that is put in the place of the first one; null to leave it.</param>
    public static (string[] Names, OrtValue[] Values) Of(TextLayout layout, TokenizedText[] texts, int length, int? start = null)
    {
        (int idsLength, int places) = (layout.Ids(length), layout.Places(length));
        long[] ids = new long[texts.Length * idsLength];
        float[] mask = new float[layout.HasMask ? texts.Length * places * places : 0];
        mask.AsSpan().Fill(float.MinValue);
        for (int i = 0; i < texts.Length; i++)
        {
            Span<long> caption = ids.AsSpan(i * idsLength, idsLength);
            layout.Fill(texts[i], length, caption, layout.HasMask ? mask.AsSpan(i * places * places, places * places) : []);
            if (start is { } first)
                caption[0] = first;
        }

        var given = OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, idsLength]);
        return layout.HasMask
            ? (
                [TransformerGraph.Ids, TransformerGraph.Mask],
                [given, OrtValue.CreateTensorValueFromMemory(mask, [texts.Length, 1, places, places])]
            )
            : ([TransformerGraph.Ids], [given]);
    }
}
