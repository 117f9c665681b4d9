using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dcsm.Cli.Tests.Classification;

/// <summary>CLIP's own uses on a ResNet, and on a CLIP whose embeddings are no numbers.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class ResNetUsesTest(TinyModels models) : IDisposable
{
    private const int Letters = 26,
        Tokens = 300;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_ResNet_names_probes_associates_and_has_a_geometry()
    {
        string clip = ResNet(),
            data = ClassPictures.Write(_folder, "data", 4, 20, "red", "green");
        string named = Cli.Run("classify", Path.Combine(data, "red", "0.ppm"), "--labels", "red,green", "--clip", clip).Succeeds().Out;
        Assert.Matches(@"^1\. a photo of a (red|green) +[01]\.\d{4}\n2\. ", named);
        Assert.Equal(
            8,
            Cli.Run("eval", "zeroshot", "--data", data, "--clip", clip, "--json").Succeeds().Json().GetProperty("pictureCount").GetInt32()
        );
        JsonElement probe = Cli.Run(
                "probe",
                "--data",
                data,
                "--test",
                data,
                "--clip",
                clip,
                "--features",
                "both",
                "--out",
                _folder["probe"],
                "--json"
            )
            .Succeeds()
            .Json();
        Assert.True(probe.GetProperty("converged").GetBoolean());
        Cli.Run("classify", Path.Combine(data, "red", "0.ppm"), "--probe", _folder["probe"], "--clip", clip).Succeeds();
        string labels = _folder.Write("labels.csv", "label,category\napple,fruit\ncar,vehicle\n");
        Cli.Run("eval", "association", "--data", data, "--labels-file", labels, "--clip", clip).Succeeds();
        JsonElement geometry = Cli.Run("geometry", "--clip", clip, "--concepts", "3", "--json").Succeeds().Json();
        Assert.Equal(13, geometry.GetProperty("conditions").GetArrayLength());
    }

    [Fact]
    public void Embeddings_that_are_no_numbers_are_named_with_their_picture()
    {
        string clip = models.CopyClip(_folder),
            weights = Path.Combine(clip, "model.safetensors"),
            data = ClassPictures.Write(_folder, "data", 2, 20, "red", "green");
        byte[] bytes = File.ReadAllBytes(weights);
        int header = (int)BitConverter.ToInt64(bytes);
        JsonNode offsets = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, header))!["visual_projection.weight"]!["data_offsets"]!;
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, 8 + header + offsets[0]!.GetValue<int>());
        File.WriteAllBytes(weights, bytes);
        foreach (string[] command in new string[][] { ["eval", "zeroshot"], ["probe", "--out", _folder["probe"]] })
            Cli.Run([.. command, "--data", data, "--clip", clip]).FailsWith("not a number");
        Assert.False(File.Exists(Path.Combine(_folder["probe"], "probe.safetensors")));
    }

    /// <summary>A tiny ResNet with a tokenizer of letters.</summary>
    private string ResNet()
    {
        string clip = _folder["resnet"];
        Cli.Run("clip", "convert", GoldenFiles.Path("checkpoints", "openai_rn_tiny.pt"), clip).Succeeds();
        var vocabulary = new JsonObject();
        for (int i = 0; i < Tokens - 2; i++)
        {
            string letter = ((char)('a' + (i % Letters))).ToString();
            vocabulary[
                i < Letters ? letter
                : i < 2 * Letters ? letter + "</w>"
                : $"<{i}>"
            ] = i;
        }
        vocabulary["<|startoftext|>"] = Tokens - 2;
        vocabulary["<|endoftext|>"] = Tokens - 1;
        File.WriteAllText(Path.Combine(clip, "vocab.json"), vocabulary.ToJsonString());
        File.WriteAllText(Path.Combine(clip, "merges.txt"), "#version: 0.2\n");
        return clip;
    }
}
