using System.Security.Cryptography;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>PyTorch checkpoints: CLIPs of OpenAI and open_clip, heads of the authors' code, and files that mean harm.</summary>
internal static class CheckpointGoldens
{
    private const double Tolerance = 1e-5;
    private const string Expected = ".expected.safetensors";

    /// <summary>CLIPs: tensors by their hashes, embeddings by their values.</summary>
    public static IEnumerable<GoldenCheck> Verify(string folder) =>
        Checkpoints(folder).SelectMany(path => GoldenCheck.Guarded(GoldenJson.Name(path), Clip(GoldenJson.Name(path), path)));

    private static IEnumerable<GoldenCheck> Clip(string name, string path)
    {
        string hashes = Path.ChangeExtension(path, ".tensors.json");
        if (File.Exists(hashes))
            yield return Tensors(name, path, hashes);
        if (Stem(path) is not { } stem)
            yield break;
        using var inputs = SafetensorsFile.Open(stem + ".inputs.safetensors");
        using var expected = SafetensorsFile.Open(stem + Expected);
        string config = stem + ".config.json";
        using var model = ClipModel.Load(
            path,
            new ClipOptions { Checkpoint = new ClipCheckpointOptions { ConfigFile = File.Exists(config) ? config : null } }
        );
        float[] pixels = inputs.ReadFloat32("image");
        int images = inputs.Get("image").Shape[0];
        ImageEncoding image = model.EncodePixels(pixels, images);
        int length = inputs.Get("text").Shape[1];
        TextEncoding text = model.EncodeTokens([
            .. GoldenJson
                .Integers(inputs, "text")
                .Chunk(length)
                .Select(ids => new TokenizedText("", ids, new TextRange[length], length, false)),
        ]);
        (string Tensor, Func<float[]> Values)[] comparisons =
        [
            ("image_embeds", () => image.Pooled.Values.ToArray()),
            ("image_tokens", () => image.Tokens.Values.ToArray()),
            ("text_embeds", () => text.Pooled.Values.ToArray()),
            ("text_tokens", () => text.Tokens.Values.ToArray()),
        ];
        foreach ((string? tensor, Func<float[]>? values) in comparisons.Where(comparison => expected.Contains(comparison.Tensor)))
            yield return GoldenCheck.Values(name, tensor, expected.ReadFloat32(tensor), values(), Tolerance);
        if (expected.Contains("attnpool_input"))
        {
            float[] grid = expected.ReadFloat32("attnpool_input");
            yield return GoldenCheck.Values(
                name,
                "attnpool_input, of the largest",
                Scaled(grid, grid.Max(Math.Abs)),
                Scaled(model.EncodeGrid(pixels, images), grid.Max(Math.Abs)),
                Tolerance
            );
        }
    }

    /// <summary>Heads of the authors' code: tensors bit by bit, scores by value; files named <c>hostile_…</c> are refused.</summary>
    public static IEnumerable<GoldenCheck> VerifyOfficial(string folder) =>
        Checkpoints(folder).SelectMany(path => GoldenCheck.Guarded(GoldenJson.Name(path), Official(GoldenJson.Name(path), path)));

    private static IEnumerable<GoldenCheck> Official(string name, string path)
    {
        if (Path.GetFileName(path).StartsWith("hostile_", StringComparison.Ordinal))
        {
            yield return Refused(name, path);
            yield break;
        }
        if (Stem(path) is not { } stem)
            yield break;
        using var expected = SafetensorsFile.Open(stem + Expected);
        using var file = PyTorchCheckpoint.Open(path);
        string[] wrong =
        [
            .. expected
                .Names.Where(tensor => !tensor.StartsWith("check/", StringComparison.Ordinal))
                .Where(tensor => !SameBits(expected, tensor, file)),
        ];
        yield return new GoldenCheck(name, "tensors, bit by bit", wrong.Length, 0, wrong.FirstOrDefault());
        float[] scores = new float[expected.Get("check/scores").Shape.Aggregate(1, (product, size) => product * size)];
        OfficialCheckpoint.Import(path).Score(expected.ReadFloat32("check/maps"), scores);
        yield return GoldenCheck.Values(name, "scores", expected.ReadFloat32("check/scores"), scores, Tolerance);
    }

    private static GoldenCheck Tensors(string name, string path, string hashes)
    {
        using var file = PyTorchCheckpoint.Open(path);
        string[] wrong = GoldenJson
            .Read(hashes)
            .EnumerateObject()
            .Where(tensor =>
                !file.Contains(tensor.Name)
                || !file.Get(tensor.Name).Shape.SequenceEqual(GoldenJson.Integers(tensor.Value.GetProperty("shape")))
                || Convert.ToHexStringLower(SHA256.HashData(file.Tensor(tensor.Name).ReadBytes()))
                    != tensor.Value.GetProperty("sha256").GetString()
            )
            .Select(tensor => tensor.Name)
            .ToArray();
        return new GoldenCheck(name, "tensors, by their hashes", wrong.Length, 0, wrong.FirstOrDefault());
    }

    private static bool SameBits(SafetensorsFile expected, string tensor, PyTorchCheckpoint file)
    {
        // A module's weight lies among its parameters.
        string[] names = [tensor.Replace('/', '.'), tensor.Replace("/", "._parameters.", StringComparison.Ordinal)];
        return names.FirstOrDefault(file.Contains) is { } found
            && file.Get(found).Shape.SequenceEqual(expected.Get(tensor).Shape)
            && file.Get(found).Type == expected.Get(tensor).Type
            && file.Tensor(found).ReadBytes().AsSpan().SequenceEqual(expected.Bytes(tensor));
    }

    private static GoldenCheck Refused(string name, string path)
    {
        const string Compared = "refused, and not run";
        try
        {
            using var file = PyTorchCheckpoint.Open(path);
            return GoldenCheck.Failed(name, Compared, 0, "it was opened");
        }
        catch (InvalidDataException)
        {
            return new GoldenCheck(name, Compared, File.Exists("PWNED") ? 1 : 0, 0);
        }
    }

    private static float[] Scaled(float[] values, float largest) => [.. values.Select(value => value / largest)];

    private static IEnumerable<string> Checkpoints(string folder) => Directory.EnumerateFiles(folder, "*.pt").Order(StringComparer.Ordinal);

    // Several files may have the same tensors: a.pt, a.other.pt and a_other.pt go with a.expected.safetensors.
    private static string? Stem(string path)
    {
        (string? folder, string? name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        for (int end = name.LastIndexOfAny(['.', '_']); end > 0; end = name.LastIndexOfAny(['.', '_']))
        {
            name = name[..end];
            if (File.Exists(Path.Combine(folder, name + Expected)))
                return Path.Combine(folder, name);
        }
        return null;
    }
}
