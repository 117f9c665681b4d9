using System.Text.Json.Nodes;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Tests.Encoders;

/// <summary>What the goldens of CoCa do not tell.</summary>
public sealed class CoCaTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.CopyOf(Goldens.Path("baselines", "coca-tiny"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Padding_is_nothing_whatever_number_of_ids_is_given()
    {
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal(("coca", 16, 17), (model.Config.Architecture, model.Config.Text.ContextLength, model.ImageTokens));
        TextEncoding few = model.EncodeTokens([Text(6)]),
            whole = model.EncodeTokens([Text(16)]);
        Assert.Equal(whole.Pooled.Values.ToArray(), few.Pooled.Values.ToArray());
        Assert.Equal(whole.Tokens[0][..(6 * model.Dimension)].ToArray(), few.Tokens[0].ToArray());
    }

    [Fact]
    public void The_heads_of_the_pooling_are_those_of_the_configuration()
    {
        using var model = ClipModel.Load(_folder.Path);
        float[] pixels = [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => MathF.Sin(i))];
        float[] expected = model.EncodePixels(pixels, 1).Pooled.Values.ToArray();
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["open_clip_config.json"]))!;
        config["model_cfg"]!["vision_cfg"]!["attn_pooler_heads"] = 8;
        _folder.Write("open_clip_config.json", config.ToJsonString());
        using var other = ClipModel.Load(_folder.Path);
        Assert.NotEqual(expected, other.EncodePixels(pixels, 1).Pooled.Values.ToArray());
    }

    [Fact]
    public void It_is_not_converted()
    {
        using var checkpoint = ClipCheckpoint.Open(_folder.Path);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => checkpoint.Save(_folder["out"]));
        Assert.Contains("is a CoCa", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void Another_pooling_is_refused()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["open_clip_config.json"]))!;
        config["model_cfg"]!["vision_cfg"]!["attentional_pool"] = "parallel";
        _folder.Write("open_clip_config.json", config.ToJsonString());
        Assert.Contains(
            "attentional_pool",
            Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static TokenizedText Text(int length)
    {
        int[] ids = [298, 44, 87, 299, .. new int[length - 4]];
        return new TokenizedText("", ids, new TextRange[length], 4, false);
    }
}
