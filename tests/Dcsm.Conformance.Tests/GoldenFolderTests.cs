using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Conformance.Groups;
using Dcsm.IO.Safetensors;

namespace Dcsm.Conformance.Tests;

public sealed class GoldenFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // What ftfy would repair as mojibake, which is not done here (docs/fidelity.md).
    private static readonly string[] Mojibake =
    [
        "â\u0080\u0099",
        "donâ€™t",
        "cafÃ©",
        "â€œquotedâ€",
        "Ã¼ber",
        "ð\u009f\u0098\u0080",
        "Ã\u00a0 la carte",
        "schÃ¶n",
        "LÃ¡szlÃ³",
    ];

    [Theory]
    [InlineData("clip-tiny", 32)]
    [InlineData("checkpoints", 14)]
    [InlineData("official-checkpoints", 10)]
    [InlineData("clip-uses", 50)]
    [InlineData("tokenizer-rivals", 2)]
    [InlineData("baselines", 23)]
    public void Groups_pass(string group, int least) => Passes(GoldenFiles.Path(), group, least);

    [Fact]
    public void All_texts_but_mojibake_have_their_ids()
    {
        GoldenCheck[] checks = Passes(GoldenFiles.Path(), "tokenizer", 6);
        Assert.Contains(checks, check => check.Compared == "ids of transformers 5, 400 texts" && check.Remark is null);
        GoldenCheck[] repaired = [.. checks.Where(check => check.Remark is not null)];
        Assert.Equal(["ids of openai/CLIP, 400 texts", "ids of transformers 4, 51 texts"], repaired.Select(check => check.Compared));
        Assert.All(
            repaired,
            check =>
                Assert.Equal(
                    Mojibake,
                    JsonSerializer.Deserialize<string[]>($"[{check.Remark!["left out, as mojibake is not repaired: ".Length..]}]")
                )
        );
    }

    // Pictures are decoded as Pillow does it, or else there would be a remark.
    [Fact]
    public void Pictures_have_the_pixels_of_Pillow_as_they_are_decoded_and_as_they_are_cropped() =>
        Assert.All(Passes(GoldenFiles.Path(), "preprocess", 76), check => Assert.Null(check.Remark));

    [Fact]
    public void The_official_head_placement_and_maps_come_out()
    {
        GoldenCheck[] checks = Passes(GoldenFiles.Path(), "official-dcsm", 15);
        Assert.Equal(3, checks.Count(check => check.Compared.StartsWith("columns of 49 captions, ", StringComparison.Ordinal)));
        GoldenCheck[] placed = [.. checks.Where(check => check.Compared.EndsWith(", rows placed", StringComparison.Ordinal))];
        Assert.Equal(5, placed.Length);
        Assert.All(placed, check => Assert.Equal(0, check.Difference));
    }

    // Writes models of 600 MB; left out with --filter "Size!=Full".
    [Theory]
    [Trait("Size", "Full")]
    [InlineData("clip-full", 12)]
    [InlineData("end-to-end", 20)]
    public void Groups_of_full_size_pass(string group, int least)
    {
        foreach (string needed in (string[])["clip-full", "official-dcsm", "preprocess", "tokenizer"])
            Copy(needed);
        Copy(Path.Combine("clip-full", "clip-vit-base-patch16"));
        Copy(Path.Combine("clip-full", "clip-vit-base-patch32"));
        Passes(_folder.Path, group, least);
    }

    // A model of 1.7 GB; left out with --filter "Size!=Huge", as .ci/run does.
    [Fact]
    [Trait("Size", "Huge")]
    public void The_largest_CLIP_passes()
    {
        foreach (string needed in (string[])["clip-full", Path.Combine("clip-full", "clip-vit-large-patch14"), "preprocess"])
            Copy(needed);
        Passes(_folder.Path, "clip-full", 3);
    }

    [Fact]
    public void A_wrong_embedding_of_a_rival_is_a_failure()
    {
        Directory.CreateDirectory(_folder["baselines"]);
        Copy(Path.Combine("baselines", "siglip-tiny"));
        string path = Path.Combine(_folder.Path, "baselines", "siglip-tiny", "expected.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        int header = (int)BitConverter.ToUInt64(bytes);
        using (var json = JsonDocument.Parse(bytes.AsMemory(8, header)))
        {
            int at = json.RootElement.GetProperty("probabilities").GetProperty("data_offsets")[0].GetInt32();
            bytes[8 + header + at + 2] ^= 0x40;
        }
        File.WriteAllBytes(path, bytes);
        GoldenCheck failed = Assert.Single(GoldenFolder.Verify(_folder.Path, ["baselines"]), check => !check.Passed);
        Assert.Equal(("baselines/siglip-tiny", "probabilities"), (failed.Case, failed.Compared));
    }

    [Fact]
    public void A_wrong_id_is_one_failure_that_names_the_text()
    {
        Copy("tokenizer");
        string path = Path.Combine(_folder.Path, "tokenizer", "padded30.jsonl");
        string[] lines = File.ReadAllLines(path);
        lines[3] = lines[3].Replace("49406", "49405", StringComparison.Ordinal);
        File.WriteAllLines(path, lines);
        GoldenCheck failed = Assert.Single(GoldenFolder.Verify(_folder.Path), check => !check.Passed);
        Assert.Equal(1, failed.Difference);
        Assert.Contains("padded30.jsonl", failed.Case, StringComparison.Ordinal);
        Assert.NotNull(failed.Remark);
    }

    [Fact]
    public void Weights_of_another_prefix_are_other_weights()
    {
        Copy("official-dcsm");
        string path = Path.Combine(_folder.Path, "official-dcsm", "head_formula.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"prefix\": \"\"", "\"prefix\": \"other/\"", StringComparison.Ordinal));
        GoldenCheck[] failed = [.. GoldenFolder.Verify(_folder.Path, ["official-dcsm"]).Where(check => !check.Passed)];
        Assert.Contains("head", Assert.Single(failed).Case, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_group_fails_and_the_others_are_still_looked_at()
    {
        Copy("tokenizer");
        Copy("official-dcsm");
        File.WriteAllText(Path.Combine(_folder.Path, "tokenizer", "tokens.jsonl"), "{\"text\":");
        GoldenCheck[] checks = [.. GoldenFolder.Verify(_folder.Path, ["tokenizer", "official-dcsm"])];
        Assert.Contains(checks, check => !check.Passed && check.Case == "tokenizer" && check.Remark is not null);
        Assert.Contains(checks, check => check.Passed && check.Case.StartsWith("official-dcsm", StringComparison.Ordinal));
    }

    [Fact]
    public void A_damaged_case_fails_and_those_beside_it_are_still_looked_at()
    {
        foreach (string name in new[] { "a-quickgelu", "c-fp16" })
            Copy(Path.Combine("clip-tiny", name));
        File.WriteAllBytes(Path.Combine(_folder.Path, "clip-tiny", "a-quickgelu", "model.safetensors"), [1, 2, 3]);
        GoldenCheck[] checks = [.. GoldenFolder.Verify(_folder.Path)];
        GoldenCheck failed = Assert.Single(checks, check => !check.Passed);
        Assert.Equal("clip-tiny/a-quickgelu", failed.Case);
        Assert.Contains("model.safetensors", failed.Remark, StringComparison.Ordinal);
        Assert.Contains(checks, check => check.Passed && check.Case == "clip-tiny/c-fp16");
    }

    // Cases that no one has ever named, of another size and prefix; what is expected comes from the stored weights, read as any CLIP.
    [Fact]
    public void Cases_of_other_names_sizes_and_prefixes_are_verified()
    {
        string group = _folder["clip-full"],
            golden = Path.Combine(group, "some-other-clip");
        Directory.CreateDirectory(golden);
        File.Copy(GoldenFiles.Path("clip-tiny", "b-gelu", "config.json"), Path.Combine(golden, "config.json"));
        using (var weights = SafetensorsFile.Open(GoldenFiles.Path("clip-tiny", "b-gelu", "model.safetensors")))
        {
            File.WriteAllText(
                Path.Combine(golden, "formula.json"),
                JsonSerializer.Serialize(
                    new
                    {
                        prefix = "seed-7/",
                        tensors = weights.Names.Select(name => new
                        {
                            name,
                            shape = weights.Get(name).Shape,
                            scale = 0.3,
                            offset = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal)
                                ? 1.0
                                : 0.01,
                        }),
                    }
                )
            );
        }
        string stored = GoldenFiles.Path("clip-tiny", "b-gelu", "inputs.safetensors");
        File.Copy(stored, Path.Combine(group, "inputs.safetensors"));
        using (var clip = FormulaClip.Write(golden))
        using (var model = ClipModel.Load(clip.Directory))
        using (var inputs = SafetensorsFile.Open(stored))
        {
            int images = inputs.Get("pixel_values").Shape[0],
                size = model.ImageSize * model.ImageSize * 3;
            float[] pixels = inputs.ReadFloat32("pixel_values");
            File.WriteAllText(
                Path.Combine(group, "inputs.json"),
                JsonSerializer.Serialize(
                    new { pixel_values = Enumerable.Range(0, images).Select(i => new { file = "pixels.safetensors", tensor = $"{i}" }) }
                )
            );
            SafetensorsWriter.Write(
                Path.Combine(group, "pixels.safetensors"),
                Enumerable
                    .Range(0, images)
                    .ToDictionary(i => $"{i}", i => (new[] { 3, model.ImageSize, model.ImageSize }, pixels[(i * size)..((i + 1) * size)]))
            );
            float[] embeddings = model.EncodePixels(pixels, images).Pooled.Values.ToArray();
            SafetensorsWriter.Write(
                Path.Combine(golden, "expected.safetensors"),
                new Dictionary<string, (int[], float[])> { ["image_embeds"] = ([images, model.Dimension], embeddings) }
            );
        }
        GoldenCheck check = Assert.Single(GoldenFolder.Verify(_folder.Path, ["clip-full"]));
        Assert.True(check.Passed, check.ToString());
        Assert.Equal("clip-full/some-other-clip", check.Case);

        // Of another seed they would be other weights.
        string formula = Path.Combine(golden, "formula.json");
        File.WriteAllText(formula, File.ReadAllText(formula).Replace("seed-7/", "seed-8/", StringComparison.Ordinal));
        Assert.False(Assert.Single(GoldenFolder.Verify(_folder.Path, ["clip-full"])).Passed);
    }

    [Fact]
    public void No_folder_is_an_error_and_an_empty_one_holds_nothing()
    {
        Assert.Throws<DirectoryNotFoundException>(() => GoldenFolder.Verify(_folder["none"]));
        Assert.Empty(GoldenFolder.Verify(_folder.Path));
    }

    private static GoldenCheck[] Passes(string goldens, string group, int least)
    {
        GoldenCheck[] checks = [.. GoldenFolder.Verify(goldens, [group])];
        Assert.True(checks.Length >= least, $"{checks.Length} comparisons");
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
        return checks;
    }

    private void Copy(string group)
    {
        string to = _folder[group];
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(GoldenFiles.Path(group)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
