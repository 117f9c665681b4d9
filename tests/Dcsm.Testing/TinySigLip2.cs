using System.Text.Json.Nodes;
using Dcsm.IO.Safetensors;

namespace Dcsm.Testing;

/// <summary>A tiny SigLIP 2 of fixed resolution: the golden SigLIP with Gemma's tokenizer and rows for its tokens.</summary>
public static class TinySigLip2
{
    private const string Tokens = "text_model.embeddings.token_embedding.weight";

    /// <summary>Makes one of a copy of the golden SigLIP.</summary>
    public static void Make(string directory)
    {
        string Place(string file) => Path.Combine(directory, file);
        foreach (string file in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(GoldenFiles.Path("tokenizer-gemma", file), Place(file), overwrite: true);
        int vocabulary = ((JsonObject)JsonNode.Parse(File.ReadAllBytes(Place("tokenizer.json")))!["model"]!["vocab"]!).Count;
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(Place("config.json")))!;
        config["text_config"]!["vocab_size"] = vocabulary;
        File.WriteAllText(Place("config.json"), config.ToJsonString());
        Dictionary<string, (int[] Shape, float[] Values)> tensors;
        using (var weights = SafetensorsFile.Open(Place("model.safetensors")))
        {
            tensors = weights.Names.ToDictionary(
                name => name,
                name => (weights.Get(name).Shape.ToArray(), weights.ReadFloat32(name)),
                StringComparer.Ordinal
            );
        }

        (int[] shape, float[] rows) = tensors[Tokens];
        float[] more = new float[vocabulary * shape[1]];
        for (int i = 0; i < more.Length; i++)
            more[i] = rows[i % rows.Length] * (1 + (i / rows.Length));
        tensors[Tokens] = ([vocabulary, shape[1]], more);
        SafetensorsWriter.Write(Place("model.safetensors"), tensors);
    }
}
