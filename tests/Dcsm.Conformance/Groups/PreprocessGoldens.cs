using System.Security.Cryptography;
using System.Text.Json;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Safetensors;
using Dcsm.Testing;

namespace Dcsm.Conformance.Groups;

/// <summary>Decoding, resizing, cropping and normalizing. Bytes are counted that differ.</summary>
internal static class PreprocessGoldens
{
    public static IEnumerable<GoldenCheck> Verify(string folder)
    {
        string resize = Path.Combine(folder, "resize.safetensors");
        if (File.Exists(resize))
        {
            foreach (GoldenCheck check in Resizes(resize))
                yield return check;
        }

        string files = Path.Combine(folder, "files.json");
        if (!File.Exists(files))
            yield break;
        var preprocessor = ClipPreprocessor.Load(folder);
        using var pixels = SafetensorsFile.Open(Path.Combine(folder, "pixels.safetensors"));
        foreach (JsonElement file in GoldenJson.Read(files).EnumerateArray())
        {
            string name = file.GetProperty("file").GetString()!;
            string path = Path.Combine(folder, "files", name);
            yield return Picture(path, $"{name}, on white", file, "rgb_on_white_sha256", "hf", Transparency.OnWhite, preprocessor, pixels);
            // transformers 5 lays a tRNS color on white even where alpha was to be dropped.
            if (
                file.TryGetProperty("hf_plain_rgb", out JsonElement plain)
                && plain.ValueKind == JsonValueKind.String
                && (
                    file.GetProperty("rgb_sha256").GetString() == file.GetProperty("rgb_on_white_sha256").GetString()
                    || plain.GetString() != file.GetProperty("hf").GetString()
                )
            )
            {
                yield return Picture(
                    path,
                    $"{name}, alpha dropped",
                    file,
                    "rgb_sha256",
                    "hf_plain_rgb",
                    Transparency.Dropped,
                    preprocessor,
                    pixels
                );
            }
        }

        string floats = Path.Combine(folder, "floats.safetensors");
        if (!File.Exists(floats))
            yield break;
        using var values = SafetensorsFile.Open(floats);
        float[] actual = new float[3 * preprocessor.ImageSize * preprocessor.ImageSize];
        foreach (JsonElement file in GoldenJson.Read(files).EnumerateArray())
        {
            string tensor = file.GetProperty("hf").GetString()!;
            if (!values.Contains(tensor))
                continue;
            preprocessor.Preprocess(
                RgbImage.Load(
                    Path.Combine(folder, "files", file.GetProperty("file").GetString()!),
                    new PictureOptions { Orientation = PictureOrientation.Ignored }
                ),
                actual
            );
            yield return GoldenCheck.Values(
                "preprocess/floats.safetensors",
                $"normalised values of {file.GetProperty("file").GetString()}",
                values.ReadFloat32(tensor),
                actual,
                1e-6
            );
        }
    }

    private static IEnumerable<GoldenCheck> Resizes(string path)
    {
        using var goldens = SafetensorsFile.Open(path);
        foreach (string? name in goldens.Names.Where(name => name.EndsWith(".in", StringComparison.Ordinal)).Select(name => name[..^3]))
        {
            (IReadOnlyList<int>? from, IReadOnlyList<int>? to) = (goldens.Get(name + ".in").Shape, goldens.Get(name + ".out").Shape);
            byte[] actual = PillowBicubic.Resize(
                goldens.Bytes(name + ".in").ToArray(),
                from[1],
                from[0],
                from.Count > 2 ? from[2] : 1,
                to[1],
                to[0]
            );
            yield return new GoldenCheck(
                "preprocess/resize.safetensors",
                $"bytes of {name}",
                Differing(goldens.Bytes(name + ".out"), actual),
                0
            );
        }
    }

    private static GoldenCheck Picture(
        string path,
        string compared,
        JsonElement file,
        string hash,
        string tensor,
        Transparency transparency,
        ClipPreprocessor preprocessor,
        SafetensorsFile pixels
    )
    {
        var image = RgbImage.Load(
            path,
            new PictureOptions { Transparency = transparency, Orientation = PictureOrientation.Ignored } // Image.open
        );
        bool decoded = Convert.ToHexStringLower(SHA256.HashData(image.Pixels)) == file.GetProperty(hash).GetString();
        int differing = Differing(pixels.Bytes(file.GetProperty(tensor).GetString()!), preprocessor.Crop(image).Pixels);
        // Another decoder than Pillow's may give other pixels, and then these bytes differ with it.
        return new GoldenCheck("preprocess/" + GoldenJson.Name(path), compared, differing, 0, decoded ? null : "the decoded pixels differ");
    }

    private static int Differing(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        if (expected.Length != actual.Length)
            return Math.Max(expected.Length, actual.Length);
        int differing = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i])
                differing++;
        }
        return differing;
    }
}
