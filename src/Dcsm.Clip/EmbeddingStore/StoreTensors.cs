using System.Runtime.InteropServices;
using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>Which tensors the files of a store have.</summary>
internal static class StoreTensors
{
    /// <summary>Those of pictures.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> ImageTensors(EmbeddingStoreInfo info) =>
        Tensors(info, StoreFiles.ImageTokens, info.Images, info.ImageTokens);

    /// <summary>Those of captions.</summary>
    public static IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> CaptionTensors(EmbeddingStoreInfo info) =>
        [
            (StoreFiles.Pooled, [info.Captions, info.Dimension], info.Type == TensorType.I8 ? TensorType.F32 : info.Type),
            .. Tensors(info, StoreFiles.TextTokens, info.Captions, info.TextTokens),
        ];

    /// <summary>Writes tokens, in bytes those and their scales before them.</summary>
    /// <param name="rows">The file.</param>
    /// <param name="tensor">The first of the tensors that tokens have.</param>
    /// <param name="first">The first row.</param>
    /// <param name="tokens">[rows, tokens, dimension]</param>
    /// <param name="type">How tokens are stored.</param>
    public static void Write(TensorRows rows, int tensor, int first, TokenEmbeddings tokens, TensorType type)
    {
        if (type != TensorType.I8)
        {
            rows.Write(tensor, first, tokens.Values);
            return;
        }

        sbyte[] bytes = new sbyte[tokens.Values.Length];
        float[] scales = new float[tokens.Count * tokens.Tokens];
        TokenBytes.Quantize(tokens.Values, tokens.Dimension, bytes, scales);
        rows.Write(tensor, first, scales);
        rows.WriteBytes(tensor + 1, first, MemoryMarshal.AsBytes(bytes.AsSpan()));
    }

    /// <summary>What stands beside them.</summary>
    public static Dictionary<string, string> Metadata(EmbeddingStoreInfo info) =>
        new()
        {
            ["clip"] = info.ClipFingerprint,
            ["precision"] = StoreInfoJson.Name(info.Precision),
            ["images"] = info.ImageList,
            ["captions"] = info.CaptionList,
        };

    /// <summary>The tensor of the scales of tokens that are stored in bytes.</summary>
    /// <param name="tokens">The tensor of the tokens.</param>
    public static string ScalesOf(string tokens) => tokens == StoreFiles.ImageTokens ? StoreFiles.ImageScales : StoreFiles.TextScales;

    private static (string Name, IReadOnlyList<int> Shape, TensorType Type)[] Tensors(
        EmbeddingStoreInfo info,
        string name,
        int rows,
        int tokens
    )
    {
        (string, IReadOnlyList<int>, TensorType) own = (name, [rows, tokens, info.Dimension], info.Type);
        return info.Type == TensorType.I8 ? [(ScalesOf(name), [rows, tokens], TensorType.F32), own] : [own];
    }
}
