using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Goldens;
using Dcsm.Goldens;
using Dcsm.IO.Safetensors;

namespace Dcsm.Evaluation.Tests;

public sealed class GoldenFolderTests : IDisposable
{
    private static readonly string Goldens = Path.Combine(AppContext.BaseDirectory, "Goldens");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tokenizer", 6)]
    [InlineData("preprocess", 70)]
    [InlineData("clip-tiny", 32)]
    [InlineData("official-dcsm", 15)]
    [InlineData("checkpoints", 14)]
    [InlineData("official-checkpoints", 10)]
    public void Groups_pass(string group, int least) => Passes(group, least);

    // Writes models of 600 MB; left out with --filter "Size!=Full".
    [Theory]
    [Trait("Size", "Full")]
    [InlineData("clip-full", 12)]
    [InlineData("end-to-end", 20)]
    public void Groups_of_full_size_pass(string group, int least) => Passes(group, least);

    // A model of 1.7 GB; left out with --filter "Size!=Huge", as .ci/run does.
    [Fact]
    [Trait("Size", "Huge")]
    public void The_largest_CLIP_passes() => Passes("clip-full", 3, Path.Combine(Goldens, "large"));

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
        File.Copy(Path.Combine(Goldens, "clip-tiny", "b-gelu", "config.json"), Path.Combine(golden, "config.json"));
        using (var weights = SafetensorsFile.Open(Path.Combine(Goldens, "clip-tiny", "b-gelu", "model.safetensors")))
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
        string stored = Path.Combine(Goldens, "clip-tiny", "b-gelu", "inputs.safetensors");
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
            float[] embeddings = model.EncodePixels(pixels, images).Pooled.Values;
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

    private static void Passes(string group, int least, string? goldens = null)
    {
        GoldenCheck[] checks = [.. GoldenFolder.Verify(goldens ?? Goldens, [group])];
        Assert.True(checks.Length >= least, $"{checks.Length} comparisons");
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
    }

    private void Copy(string group)
    {
        string to = _folder[group];
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Goldens, group)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
