using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using Dcsm.Maps;
using SkiaSharp;

namespace Dcsm.Tests;

/// <summary>
/// A tiny CLIP on disk that reads pictures and texts: the weights of the golden clip-tiny/a, with a vocabulary of the 256 bytes.
/// </summary>
internal sealed class TinyClip : IDisposable
{
    private const string Embedding = "text_model.embeddings.token_embedding.weight";

    /// <summary>Captions with functional words and without, short and long.</summary>
    internal static readonly string[] Captions =
    [
        "a cat above a dog",
        "a dog left of a cat",
        "no cat",
        "a big cat",
        "a cat but no dog",
        "cat",
        "dog without cat",
    ];

    private readonly TemporaryFolder _directory = new();

    internal TinyClip(float change = 0)
    {
        foreach (string file in Directory.GetFiles(Goldens.Path("clip-tiny", "a-quickgelu")))
            File.Copy(file, _directory[Path.GetFileName(file)]);
        int tokens = WriteVocabulary();
        JsonObject config = JsonNode.Parse(File.ReadAllText(_directory["config.json"]))!.AsObject();
        config["text_config"]!["vocab_size"] = tokens;
        config["text_config"]!["bos_token_id"] = tokens - 2;
        config["text_config"]!["eos_token_id"] = tokens - 1;
        File.WriteAllText(_directory["config.json"], config.ToJsonString());
        WriteWeights(tokens, change);
        Model = ClipModel.Load(_directory.Path);
    }

    internal ClipModel Model { get; }

    /// <summary>A head of seeded weights for this CLIP.</summary>
    internal DcsmHead Head(int textTokens = 30, MapStandardization standardization = MapStandardization.PerMap)
    {
        var config = new DcsmConfig
        {
            ClipFingerprint = Model.Fingerprint,
            ImageTokens = Model.ImageTokens,
            TextTokens = textTokens,
            Dimension = Model.Dimension,
            Words = FunctionalWordList.Extended,
            Standardization = standardization,
            Hidden = 16,
        };
        return new DcsmHead(config, DcsmHeadWeights.Create(config, 1));
    }

    /// <summary>Paths of pictures, each of two colors of its own.</summary>
    internal string[] Pictures(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    string path = _directory[$"picture{i}.png"];
                    using var bitmap = new SKBitmap(40, 32);
                    bitmap.Erase(new SKColor((byte)(40 * i), (byte)(255 - (20 * i)), 90));
                    for (int x = 0; x < 10 + i; x++)
                    {
                        for (int y = 4; y < 20; y++)
                            bitmap.SetPixel(x, y, new SKColor(250, (byte)(30 * i), 10));
                    }
                    using FileStream file = File.Create(path);
                    bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
                    return path;
                }),
        ];

    internal string WriteFile(string name, string content)
    {
        File.WriteAllText(_directory[name], content);
        return _directory[name];
    }

    public void Dispose()
    {
        Model.Dispose();
        _directory.Dispose();
    }

    private int WriteVocabulary()
    {
        // The byte alphabet of GPT-2: printable bytes are themselves, the others take the letters from 256 on.
        int next = 256;
        char[] alphabet = Enumerable
            .Range(0, 256)
            .Select(b => b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255) ? (char)b : (char)next++)
            .ToArray();
        var vocabulary = new JsonObject();
        foreach (
            string? token in alphabet
                .Select(c => c.ToString())
                .Concat(alphabet.Select(c => $"{c}</w>"))
                .Concat(["le", "<|startoftext|>", "<|endoftext|>"])
        )
        {
            vocabulary.Add(token, vocabulary.Count);
        }

        WriteFile("vocab.json", vocabulary.ToJsonString());
        WriteFile("merges.txt", "#version: 0.2\nl e\n");
        return vocabulary.Count;
    }

    private void WriteWeights(int tokens, float change)
    {
        string path = _directory["model.safetensors"];
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>();
        using (var file = SafetensorsFile.Open(path))
        {
            foreach (string? name in file.Names.Where(name => file.Get(name).Type == TensorType.F32))
                tensors.Add(name, ([.. file.Get(name).Shape], file.ReadFloat32(name)));
        }
        int width = tensors[Embedding].Shape[1];
        tensors[Embedding] = ([tokens, width], FormulaTensors.Values(Embedding, tokens * width, 0.2, change));
        SafetensorsWriter.Write(path, tensors);
    }
}
