using System.Globalization;
using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests;

public sealed class ClipConfigTests
{
    [Fact]
    public void Missing_fields_take_the_defaults_of_transformers()
    {
        ClipConfig config = Parse("""{"model_type":"clip"}""");
        Assert.Equal(new ClipConfig(), config);
        Assert.Equal(
            (512, 49408, 77, 50),
            (config.ProjectionDim, config.Text.VocabularySize, config.Text.ContextLength, config.Vision.Tokens)
        );
    }

    [Fact]
    public void The_old_spelling_goes_before_the_new_one_as_in_transformers()
    {
        ClipConfig old = Parse(
            """
            {"model_type":"clip","text_config_dict":{"hidden_size":64},
             "vision_config":{"patch_size":16,"image_size":28},"vision_config_dict":{"patch_size":14}}
            """
        );
        Assert.Equal(64, old.Text.HiddenSize);
        Assert.Equal((14, 28), (old.Vision.PatchSize, old.Vision.ImageSize));
    }

    [Fact]
    public void What_is_saved_is_read()
    {
        using var folder = new TemporaryFolder();
        var config = new ClipConfig
        {
            ProjectionDim = 24,
            Vision = new()
            {
                HiddenSize = 64,
                Heads = 4,
                Layers = 3,
                IntermediateSize = 160,
                ImageSize = 56,
                PatchSize = 14,
                Activation = ClipActivation.Gelu,
                LayerNormEpsilon = 1e-6,
            },
            Text = new()
            {
                HiddenSize = 36,
                Heads = 3,
                Layers = 2,
                IntermediateSize = 100,
                VocabularySize = 300,
                ContextLength = 20,
                StartToken = 298,
                EndToken = 299,
                PadToken = 299,
            },
        };
        config.Save(folder.Path);
        Assert.Equal(config, ClipConfig.Load(folder.Path));
    }

    [Theory]
    [InlineData("""{"model_type":"blip-2"}""", "model_type is 'blip-2'; expected 'siglip', 'blip")]
    [InlineData("""{"hidden_size":3}""", "not the configuration of a CLIP")]
    [InlineData(
        """{"model_type":"clip","text_config":{"hidden_act":"relu"}}""",
        "field text_config.hidden_act: expected one of 'quick_gelu', 'gelu', 'gelu_pytorch_tanh', 'gelu_new', found \"relu\""
    )]
    [InlineData(
        """{"model_type":"clip","vision_config":{"hidden_size":"wide"}}""",
        "field vision_config.hidden_size: expected a positive whole number, found \"wide\""
    )]
    [InlineData(
        """{"model_type":"clip","vision_config":{"hidden_size":0}}""",
        "field vision_config.hidden_size: expected a positive whole number, found 0"
    )]
    [InlineData("""{"model_type":"clip","vision_config":{"num_attention_heads":7}}""", "can't be divided among")]
    [InlineData("""{"model_type":"clip","vision_config":{"image_size":225}}""", "not a multiple of patch_size")]
    [InlineData(
        """{"model_type":"clip","vision_config":{"image_size":2000000000,"patch_size":1}}""",
        "vision_config: image_size is 2000000000; at most 4096 can be computed"
    )]
    [InlineData("""{"model_type":"clip","vision_config":{"image_size":37888,"patch_size":32}}""", "image_size is 37888; at most 4096")]
    [InlineData(
        """{"model_type":"clip","vision_config":{"image_size":4096,"patch_size":1}}""",
        "vision_config: patches is 16777216; at most 65536"
    )]
    [InlineData("""{"model_type":"clip","vision_config":{"num_hidden_layers":1000000}}""", "num_hidden_layers is 1000000; at most 1000")]
    [InlineData(
        """{"model_type":"clip","text_config":{"num_hidden_layers":1001}}""",
        "text_config: num_hidden_layers is 1001; at most 1000"
    )]
    [InlineData(
        """{"model_type":"clip","text_config":{"hidden_size":1073741824}}""",
        "text_config: hidden_size is 1073741824; at most 65536"
    )]
    [InlineData(
        """{"model_type":"clip","text_config":{"max_position_embeddings":65536}}""",
        "max_position_embeddings is 65536; at most 4096"
    )]
    [InlineData("""{"model_type":"clip","projection_dim":2147483647}""", "projection_dim is 2147483647; at most 65536")]
    [InlineData(
        """{"model_type":"clip","projection_dim":65536,"vision_config":{"image_size":4096,"patch_size":16}}""",
        "the values of an image's tokens is 4295032832"
    )]
    [InlineData("""{"model_type":"clip","vision_config":{"num_channels":1}}""", "num_channels is 1")]
    [InlineData("""{"model_type":"clip","vision_config":[]}""", "field vision_config: expected an object, found []")]
    [InlineData("""[1]""", "expected an object, found [1]")]
    [InlineData("""{""", "the JSON stops in the middle")]
    public void What_can_not_be_run_is_refused(string json, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], json);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipConfig.Load(folder.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder["config.json"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(1.5e-6, Parse("""{"model_type":"clip","text_config":{"layer_norm_eps":1.5e-6}}""").Text.LayerNormEpsilon);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ClipConfig Parse(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], json);
        return ClipConfig.Load(folder.Path);
    }
}
