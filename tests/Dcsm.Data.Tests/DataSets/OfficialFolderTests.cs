using Dcsm.Data.DataSets;

namespace Dcsm.Data.Tests.DataSets;

public sealed class OfficialFolderTests : IDisposable
{
    private static readonly byte[] Picture = [1];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_three_streams_with_their_opposites()
    {
        HardNegativeSet set = OfficialFolder.Read(SceneDataSets.Official(_folder.Path, 3));

        Assert.Equal(["spatial", "attributes", "negation"], set.Streams.Select(stream => stream.Name));
        Assert.All(
            set.Streams.SelectMany(stream => stream.Records),
            record =>
            {
                Assert.True(File.Exists(record.ImagePath));
                Assert.True(File.Exists(record.NegativeImagePath));
                Assert.Equal(2, record.Captions.Count);
                Assert.Equal(2, record.NegativeCaptions.Count);
            }
        );
    }

    [Theory]
    [InlineData(
        "mug_above_tall lamp.png",
        "CUTMIX_",
        "A picture of a mug above a tall lamp",
        "A picture of a tall lamp above a mug",
        "A picture of a tall lamp below a mug",
        "A picture of a mug below a tall lamp"
    )]
    [InlineData(
        "mug_rightof_owl.jpg",
        "CUTMIX_",
        "A picture of a mug to the right of a owl",
        "A picture of a owl to the right of a mug",
        "A picture of a owl to the left of a mug",
        "A picture of a mug to the left of a owl"
    )]
    [InlineData(
        "mug_leftof_owl.jpeg",
        "CUTMIX_",
        "A picture of a mug to the left of a owl",
        "A picture of a owl to the left of a mug",
        "A picture of a owl to the right of a mug",
        "A picture of a mug to the right of a owl"
    )]
    [InlineData(
        "red_mug_blue_owl.png",
        "MIRROR_",
        "A picture of a red mug and a blue owl",
        "A picture of a blue mug and a red owl",
        "A picture of a blue owl and a red mug",
        "A picture of a red owl and a blue mug"
    )]
    [InlineData(
        "small_mug_big_owl_17.png",
        "MIRROR_",
        "A picture of a small mug and a big owl",
        "A picture of a big mug and a small owl",
        "A picture of a big owl and a small mug",
        "A picture of a small owl and a big mug"
    )]
    public void Captions_are_those_of_the_official_code_in_both_versions(
        string name,
        string prefix,
        string caption0,
        string opposite0,
        string caption1,
        string opposite1
    )
    {
        File.WriteAllBytes(_folder[name], Picture);
        File.WriteAllBytes(_folder[prefix + name], Picture);

        HardNegativeRecord record = Assert.Single(Assert.Single(OfficialFolder.Read(_folder.Path).Streams).Records);

        Assert.Equal([caption0, caption1], record.Captions);
        Assert.Equal([opposite0, opposite1], record.NegativeCaptions);
        Assert.Equal(_folder[prefix + name], record.NegativeImagePath);
    }

    [Fact]
    public void Negations_take_a_name_a_version_and_a_wording_a_caption()
    {
        File.WriteAllBytes(_folder["1.jpg"], Picture);
        File.WriteAllBytes(_folder["2.jpg"], Picture);
        string item =
            """{"img1_path": "/data/1.jpg", "img2_path": "/data/2.jpg", "img1_obj": ["cat", "kitten"], "img2_obj": ["dog", "puppy"]}""";
        File.WriteAllText(_folder["negated_pairs_cocotrain_v1.json"], $"[{string.Join(',', Enumerable.Repeat(item, 60))}]");

        IReadOnlyList<HardNegativeRecord> records = Assert.Single(OfficialFolder.Read(_folder.Path).Streams).Records;

        string[] wordings = ["and not", "but no", "without"];
        Assert.Equal(
            wordings.Select(neg => $"An image of a cat {neg} a dog"),
            records.Select(record => record.Captions[0]).Distinct().Order()
        );
        Assert.Equal(
            wordings.Select(neg => $"An image of a kitten {neg} a puppy"),
            records.Select(record => record.Captions[1]).Distinct().Order()
        );
        Assert.Equal(
            wordings.Select(neg => $"An image of a dog {neg} a cat"),
            records.Select(record => record.NegativeCaptions[0]).Distinct().Order()
        );
        Assert.Equal(
            wordings.Select(neg => $"An image of a puppy {neg} a kitten"),
            records.Select(record => record.NegativeCaptions[1]).Distinct().Order()
        );
        Assert.Contains(records, record => record.Captions[0].Split(' ')[4] != record.NegativeCaptions[0].Split(' ')[4]);
    }

    [Theory]
    [InlineData("mug_over_owl.png", "mug_over_owl.png", "A_relation_B")]
    [InlineData("mug_owl.png", "mug_owl.png", "color_A_color_B")]
    [InlineData("mug_above_blue_owl.png", "mug_above_blue_owl.png", "A_relation_B")]
    [InlineData("mug_below_owl.png", "CUTMIX_mug_below_owl.png")]
    [InlineData("red_mug_blue_owl.png", "MIRROR_red_mug_blue_owl.png")]
    [InlineData("CUTMIX_cup_above_owl.png", "CUTMIX_cup_above_owl.png", "'cup_above_owl.png'")]
    public void A_wrong_file_is_named_with_what_would_be_right(string name, params string[] parts)
    {
        foreach (string good in new[] { "a_above_b.png", "CUTMIX_a_above_b.png", name })
            File.WriteAllBytes(_folder[good], Picture);
        Exception error = Assert.ThrowsAny<Exception>(Read);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_picture_of_a_negation_and_an_empty_folder_are_errors()
    {
        Assert.Contains("negated_pairs_*.json", Assert.Throws<InvalidDataException>(Read).Message, StringComparison.Ordinal);
        File.WriteAllText(
            _folder["negated_pairs_x.json"],
            """[{"img1_path": "1.jpg", "img2_path": "2.jpg", "img1_obj": ["cat", "kitten"], "img2_obj": ["dog", "puppy"]}]"""
        );
        Assert.Contains("item index 0, field img1_path", Assert.Throws<FileNotFoundException>(Read).Message, StringComparison.Ordinal);
    }

    private void Read() => OfficialFolder.Read(_folder.Path);
}
