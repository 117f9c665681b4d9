using System.Text.Json.Nodes;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;

namespace Dcsm.Tests;

public sealed class HeadDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _directory = new();

    public void Dispose() => _directory.Dispose();

    private string ConfigFile => _directory["head/dcsm_config.json"];

    private string WeightsFile => _directory["head/dcsm_head.safetensors"];

    [Fact]
    public void A_head_comes_back_to_the_bit()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 3, 17) with
        {
            ClipName = "clip-small",
            Words = FunctionalWordList.Extended,
            Placement = RowPlacement.OfficialNotebook,
            Standardization = MapStandardization.WholeBatch,
            Training = new JsonObject { ["learning_rate"] = 0.001, ["kinds"] = new JsonArray("color", "size") },
            Metrics = new JsonObject { ["unseen"] = new JsonObject { ["color"] = 0.97 } },
        };
        var head = new DcsmHead(config, DcsmHeadWeights.Create(config, 5));
        head.Save(_directory["head"]);
        var back = DcsmHead.Load(_directory["head"]);

        foreach ((string? name, int[] _) in HeadTensors.Shapes(config))
            Assert.Equal(HeadTensors.Values(head.Weights, name), HeadTensors.Values(back.Weights, name));
        Assert.Equal(ConfigJson.Write(config), ConfigJson.Write(back.Config));
        Assert.Equal(config.Words.Entries.SelectMany(entry => entry.Forms), back.Config.Words.Entries.SelectMany(entry => entry.Forms));
        Assert.Equal(_directory["head"], back.Directory);
        Assert.Equal(
            ["dcsm_config.json", "dcsm_head.safetensors"],
            Directory.GetFiles(_directory["head"]).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public void A_head_with_a_probability_comes_back()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 4, 16) with
        {
            Words = FunctionalWordList.Canonical,
            CaptionForm = CaptionForm.Canonical,
            Placement = RowPlacement.EndFirst,
            Standardization = MapStandardization.Fixed,
            MapMean = -0.125,
            MapDeviation = 0.3125,
            Calibration = new ScoreCalibration(0.75, -1.5),
            KnownWords = ["dog", "cat"],
        };
        new DcsmHead(config, DcsmHeadWeights.Create(config, 5)).Save(_directory["head"]);
        DcsmConfig back = DcsmHead.Load(_directory["head"]).Config;
        Assert.Equal(ConfigJson.Write(config), ConfigJson.Write(back));
        Assert.Equal(config.Calibration, back.Calibration);
        Assert.Equal(config.FixedStatistics, back.FixedStatistics);
        Assert.Equal("a dog above a cat", back.Read("a dog on top of a cat"));
        Assert.Equal(["dog", "cat"], back.KnownWords!);
        Assert.NotNull(back.WhyNotJudged("of very"));
    }

    [Theory]
    [InlineData("\"map_deviation\": 0.3125", "\"map_deviation\": 0", "map_deviation")]
    [InlineData("\"map_mean\": -0.125,", "", "map_mean")]
    [InlineData("\"temperature\": 0.75", "\"temperature\": -1", "temperature")]
    [InlineData("\"caption_form\": \"canonical\"", "\"caption_form\": \"short\"", "caption_form")]
    public void A_wrong_field_of_such_a_head_is_named(string right, string wrong, string field)
    {
        A_head_with_a_probability_comes_back();
        string text = File.ReadAllText(ConfigFile);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(ConfigFile, text.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Contains(
            field,
            Assert.Throws<InvalidDataException>(() => DcsmHead.Load(_directory["head"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Saving_over_a_head_replaces_it()
    {
        TestHeads.Small(1).Save(_directory["head"]);
        TestHeads.Small(2).Save(_directory["head"]);
        Assert.Equal(TestHeads.Small(2).Weights.Fc1Weight.ToArray(), DcsmHead.Load(_directory["head"]).Weights.Fc1Weight.ToArray());
        Assert.Equal(2, Directory.GetFiles(_directory["head"]).Length);
    }

    [Fact]
    public void A_head_without_functional_words_is_a_head()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 4, 16) with { Words = FunctionalWordList.None };
        new DcsmHead(config, DcsmHeadWeights.Create(config, 5)).Save(_directory["head"]);
        Assert.Empty(DcsmHead.Load(_directory["head"]).Weights.FunctionalRows.ToArray());
    }

    [Fact]
    public void Missing_directory_and_files_are_told()
    {
        DirectoryNotFoundException missing = Assert.Throws<DirectoryNotFoundException>(() => DcsmHead.Load(_directory["none"]));
        Assert.Contains(_directory["none"], missing.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_directory["head"]);
        FileNotFoundException file = Assert.Throws<FileNotFoundException>(() => DcsmHead.Load(_directory["head"]));
        Assert.Contains("dcsm_config.json", file.Message, StringComparison.Ordinal);
        TestHeads.Small().Save(_directory["head"]);
        File.Delete(WeightsFile);
        file = Assert.Throws<FileNotFoundException>(() => DcsmHead.Load(_directory["head"]));
        Assert.Contains(WeightsFile, file.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("format_version", "2", "format_version is 2; this program reads version 1")]
    [InlineData("format_version", null, "the field format_version is missing")]
    [InlineData("clip_fingerprint", null, "the field clip_fingerprint is missing")]
    [InlineData("clip_fingerprint", "\"\"", "field clip_fingerprint: the text is empty")]
    [InlineData("clip_fingerprint", "12", "field clip_fingerprint: expected a text, found 12")]
    [InlineData("image_tokens", null, "the field image_tokens is missing")]
    [InlineData("image_tokens", "0", "field image_tokens: expected a whole number from 1 to 65537, found 0")]
    [InlineData("text_tokens", "1.5", "field text_tokens: expected a whole number from 1 to 4096, found 1.5")]
    [InlineData("dimension", "\"8\"", "field dimension: expected a whole number from 1 to 65536, found \"8\"")]
    [InlineData("channels", "-4", "field channels: expected a whole number from 1 to 1024, found -4")]
    [InlineData("hidden", "null", "field hidden: expected a whole number from 1 to 65536, found null")]
    [InlineData(
        "standardization",
        "\"per-image\"",
        "field standardization: expected one of 'per-map', 'whole-batch', 'fixed', found \"per-image\""
    )]
    [InlineData(
        "placement",
        "\"somewhere\"",
        "field placement: expected one of 'token-aligned', 'official', 'official-notebook', 'end-first', found \"somewhere\""
    )]
    [InlineData("words", null, "the field words is missing")]
    [InlineData(
        "words",
        """[{ "word": "above" }, { "word": "above" }]""",
        "words: entry 1 ('above'): form 'above' already belongs to entry 0"
    )]
    [InlineData("training", "[]", "field training: expected an object, found []")]
    [InlineData("dropout", "0.1", "field dropout: not a field of this format")]
    [InlineData("image_tokens", "11", "tensor fc1.weight is [16, 480]; by dcsm_config.json it should be [16, 528]")]
    [InlineData("channels", "2", "tensor conv1.weight is [4, 1, 3, 3]; by dcsm_config.json it should be [2, 1, 3, 3]")]
    [InlineData("hidden", "2147483647", "field hidden: expected a whole number from 1 to 65536, found 2147483647")]
    [InlineData("channels", "2147483647", "field channels: expected a whole number from 1 to 1024")]
    [InlineData("dimension", "2147483647", "field dimension: expected a whole number from 1 to 65536")]
    [InlineData("image_tokens", "2147483647", "field image_tokens: expected a whole number from 1 to 65537")]
    [InlineData("text_tokens", "2147483647", "field text_tokens: expected a whole number from 1 to 4096")]
    public void Wrong_fields_are_told(string field, string? value, string expected)
    {
        TestHeads.Small().Save(_directory["head"]);
        JsonObject root = JsonNode.Parse(File.ReadAllText(ConfigFile))!.AsObject();
        root.Remove(field);
        if (value != null)
            root[field] = JsonNode.Parse(value);
        File.WriteAllText(ConfigFile, root.ToJsonString());
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => DcsmHead.Load(_directory["head"]));
        Assert.StartsWith(_directory.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_tensors_are_told()
    {
        DcsmHead head = TestHeads.Small();
        head.Save(_directory["head"]);
        var tensors = HeadTensors
            .Shapes(head.Config)
            .ToDictionary(tensor => tensor.Name, tensor => (tensor.Shape, HeadTensors.Values(head.Weights, tensor.Name).ToArray()));
        Expect(WithBad("conv2.bias", [4], [0, 0, float.NaN, 0]), "tensor conv2.bias: value 2 is NaN");
        Expect(
            WithBad("fc2.weight", [16, 1], head.Weights.Fc2Weight.ToArray()),
            "tensor fc2.weight is [16, 1]; by dcsm_config.json it should be [1, 16]"
        );
        Expect(WithBad("extra", [1], [0]), "tensor extra does not belong to a head");
        Expect(tensors.Where(tensor => tensor.Key != "functional_rows").ToDictionary(), "tensor functional_rows is missing");
        File.WriteAllBytes(WeightsFile, File.ReadAllBytes(WeightsFile)[..100]);
        Assert.Contains(
            WeightsFile,
            Assert.Throws<InvalidDataException>(() => DcsmHead.Load(_directory["head"])).Message,
            StringComparison.Ordinal
        );

        Dictionary<string, (int[], float[])> WithBad(string name, int[] shape, float[] values) => new(tensors) { [name] = (shape, values) };

        void Expect(Dictionary<string, (int[], float[])> wrong, string expected)
        {
            SafetensorsWriter.Write(WeightsFile, wrong);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => DcsmHead.Load(_directory["head"]));
            Assert.Contains(WeightsFile + ": " + expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Wrong_parts_in_code_are_wrong_arguments()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 4, 16);
        var weights = DcsmHeadWeights.Create(config, 1);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new DcsmHead(config with { Hidden = 17 }, weights));
        Assert.Contains("Tensor fc1.weight has 7680 values; [17, 480] is meant", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new DcsmHead(config with { TextTokens = 0 }, weights));
        DcsmHeadWeights infinite = HeadTensors.Assemble(
            config,
            name => name == "conv1.bias" ? [0, float.NegativeInfinity, 0, 0] : HeadTensors.Values(weights, name).ToArray()
        );
        error = Assert.Throws<ArgumentException>(() => new DcsmHead(config, infinite));
        Assert.Contains("Tensor conv1.bias: value 1 is -Infinity", error.Message, StringComparison.Ordinal);
    }
}
