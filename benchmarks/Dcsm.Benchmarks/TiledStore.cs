using System.Text.Json.Nodes;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Benchmarks;

/// <summary>A store of any number of images, made of the embeddings of a few, for what matters is how many there are.</summary>
internal static class TiledStore
{
    private const string Tensor = "image_tokens";

    public static TokenEmbeddingStore Make(string folder, ClipModel clip, string[] files, string[] captions, int textTokens, int images)
    {
        string small = Path.Combine(folder, "few"),
            large = Path.Combine(folder, "many");
        TokenEmbeddingStore.Write(
            small,
            clip,
            new EmbeddingStoreInput { Images = [.. files.Select(file => new ImageToEncode(file, file))], Captions = captions },
            new EmbeddingStoreOptions { TextTokens = textTokens }
        );
        Directory.CreateDirectory(large);
        foreach (string name in new[] { "captions.safetensors", "captions.jsonl" })
            File.Copy(Path.Combine(small, name), Path.Combine(large, name));
        JsonNode info = JsonNode.Parse(File.ReadAllText(Path.Combine(small, EmbeddingStoreInfo.FileName)))!;
        info["images"]!["count"] = images;
        File.WriteAllText(Path.Combine(large, EmbeddingStoreInfo.FileName), info.ToJsonString());
        string[] lines = File.ReadAllLines(Path.Combine(small, "images.jsonl"));
        File.WriteAllLines(Path.Combine(large, "images.jsonl"), Enumerable.Range(0, images).Select(i => lines[i % lines.Length]));

        using var file = SafetensorsFile.Open(Path.Combine(small, "images.safetensors"));
        TensorInfo tensor = file.Get(Tensor);
        long row = tensor.ByteLength / files.Length;
        var header = new JsonObject
        {
            ["__metadata__"] = new JsonObject(file.Metadata.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))),
            [Tensor] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray(images, tensor.Shape[1], tensor.Shape[2]),
                ["data_offsets"] = new JsonArray(0, row * images),
            },
        };
        byte[] json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        Array.Resize(ref json, (json.Length + 7) / 8 * 8);
        json.AsSpan().Replace((byte)0, (byte)' ');
        using (FileStream stream = File.Create(Path.Combine(large, "images.safetensors")))
        {
            stream.Write(BitConverter.GetBytes((ulong)json.Length));
            stream.Write(json);
            ReadOnlySpan<byte> rows = file.Bytes(Tensor);
            for (int first = 0; first < images; first += files.Length)
                stream.Write(rows[..(int)(row * Math.Min(files.Length, images - first))]);
        }
        return TokenEmbeddingStore.Open(large);
    }
}
