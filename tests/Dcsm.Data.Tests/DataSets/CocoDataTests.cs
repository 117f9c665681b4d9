using System.Text.Json.Nodes;
using Dcsm.Data.DataSets;
using Dcsm.Data.Scenes;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.DataSets;

public sealed class CocoDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_relations_of_boxes_attributes_of_captions_and_negations_of_categories()
    {
        HardNegativeSet set = CocoData.Read(SceneDataSets.Coco(_folder.Path, 24));

        Assert.Equal(["spatial", "attributes", "negation"], set.Streams.Select(stream => stream.Name));
        HardNegativeGroup spatial = set.Streams[0],
            attributes = set.Streams[1],
            negation = set.Streams[2];
        Assert.All(spatial.Records, record => Assert.Null(record.NegativeImagePath));
        Assert.All(attributes.Records, record => Assert.Null(record.NegativeImagePath));
        Assert.All(negation.Records, record => Assert.NotNull(record.NegativeImagePath));
        Assert.All(set.Streams.SelectMany(stream => stream.Records), record => Assert.True(File.Exists(record.ImagePath)));

        // Pictures with the numbers 2, 5, 8 … have a crowd of one of their two categories.
        Assert.Equal(12 - 4, attributes.Records.Count);
        Assert.All(attributes.Records, record => Assert.Matches("^A picture of a (\\w+) (\\w+) and a (\\w+) (\\w+)$", record.Captions[0]));
        Assert.Contains(set.Remarks, remark => remark.Contains("1 boxes are annotated twice", StringComparison.Ordinal));
        Assert.Contains(set.Remarks, remark => remark.Contains("1 captions of", StringComparison.Ordinal));
        Assert.Contains(set.Remarks, remark => remark.Contains("1 pictures have no caption", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_files_give_the_same_records_wherever_they_lie_and_the_seed_decides()
    {
        string one = SceneDataSets.Coco(_folder["one"], 12),
            two = SceneDataSets.Coco(_folder["two"], 12);
        Assert.Equal(CocoData.Read(one).Fingerprint(), CocoData.Read(two).Fingerprint());
        Assert.NotEqual(CocoData.Read(one).Fingerprint(), CocoData.Read(one, new CocoOptions { Seed = 2 }).Fingerprint());
    }

    [Fact]
    public void Without_captions_there_are_no_attributes_and_that_is_said()
    {
        SceneDataSets.Coco(_folder.Path, 8);
        File.Delete(_folder["annotations/captions_train2017.json"]);
        HardNegativeSet set = CocoData.Read(_folder["annotations/instances_train2017.json"]);
        Assert.DoesNotContain(set.Streams, stream => stream.Name == "attributes");
        Assert.Contains(set.Remarks, remark => remark.Contains("captions_train2017.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_files_are_named_with_the_place()
    {
        Assert.Contains(
            "instances_*.json",
            Assert.Throws<FileNotFoundException>(() => CocoData.Read(_folder.Path)).Message,
            StringComparison.Ordinal
        );
        SceneDataSets.Coco(_folder.Path, 4, "train2017");
        SceneDataSets.Coco(_folder.Path, 4, "train2014");
        Assert.Contains(
            "name one of these",
            Assert.Throws<InvalidDataException>(() => CocoData.Read(_folder.Path)).Message,
            StringComparison.Ordinal
        );

        string instances = _folder["annotations/instances_train2017.json"],
            text = File.ReadAllText(instances);
        Fails(root => root["annotations"]![1]!["image_id"] = 77, "annotations, item index 1, field image_id", "no image 77");
        Fails(root => root["annotations"]![1]!["category_id"] = 99, "item index 1, field category_id", "no category 99");
        Fails(root => root["annotations"]![0]!["bbox"] = new JsonArray(1, 2, 3), "item index 0, field bbox");
        Fails(root => root["images"]![1]!["id"] = root["images"]![0]!["id"]!.GetValue<int>(), "images, item index 1", "already");
        Fails(root => root.AsObject().Remove("categories"), "list categories is missing");
        File.WriteAllText(instances, text[..(text.Length / 2)]);
        Assert.Contains("cut off", Assert.Throws<InvalidDataException>(() => CocoData.Read(instances)).Message, StringComparison.Ordinal);
        File.WriteAllText(instances, text);
        File.Delete(_folder["train2017/000000000500.jpg"]);
        File.Delete(_folder["train2014/000000000500.jpg"]);
        Assert.Contains(
            "000000000500.jpg",
            Assert.Throws<FileNotFoundException>(() => CocoData.Read(instances)).Message,
            StringComparison.Ordinal
        );

        void Fails(Action<JsonNode> spoil, params string[] parts)
        {
            JsonNode root = JsonNode.Parse(text)!;
            spoil(root);
            File.WriteAllText(instances, root.ToJsonString());
            string message = Assert.Throws<InvalidDataException>(() => CocoData.Read(instances)).Message;
            Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("A red car beside a dog", "car", "red")]
    [InlineData("A grey fire hydrant.", "fire hydrant", "gray")]
    [InlineData("A black and white dog", "dog", null)]
    [InlineData("A black-and-white dog", "dog", null)]
    [InlineData("Two red cars", "car", null)]
    [InlineData("A car that is red", "car", null)]
    [InlineData("A red toy car", "car", null)]
    public void A_colour_counts_where_it_stands_right_before_the_name(string caption, string thing, string? color) =>
        Assert.Equal(color, new ColorWords(new CocoOptions().Colors).Of([ColorWords.Words(caption)], thing));

    [Fact]
    public void Captions_that_differ_give_no_colour()
    {
        var words = new ColorWords(new CocoOptions().Colors);
        Assert.Null(words.Of([ColorWords.Words("a red car"), ColorWords.Words("the blue car")], "car"));
        Assert.Equal("red", words.Of([ColorWords.Words("a red car"), ColorWords.Words("the car")], "car"));
    }

    [Property(MaxTest = 300)]
    public bool A_relation_turns_round_with_its_boxes(byte x1, byte y1, byte w1, byte h1, byte x2, byte y2, byte w2, byte h2)
    {
        var picture = new CocoPicture("1.jpg", 511, 511, "");
        var options = new CocoOptions();
        SceneBox a = new(x1, y1, w1 + 1, h1 + 1),
            b = new(x2, y2, w2 + 1, h2 + 1);
        int forth = picture.Relation(a, b, options),
            back = picture.Relation(b, a, options);
        return forth < 0
            ? back < 0
            : back == (forth ^ 1)
                && a.Overlap(b) == 0
                && forth switch
                {
                    0 => a.Bottom < b.Top,
                    1 => a.Top > b.Bottom,
                    2 => a.Right < b.Left,
                    _ => a.Left > b.Right,
                };
    }

    [Property(MaxTest = 50)]
    public bool A_negation_names_what_one_picture_has_and_the_other_lacks(ulong seed)
    {
        string data = _folder["law"];
        if (!Directory.Exists(data))
            SceneDataSets.Coco(data, 10);
        JsonNode root = JsonNode.Parse(File.ReadAllText(Path.Combine(data, "annotations", "instances_train2017.json")))!;
        var names = root["categories"]!.AsArray().ToDictionary(c => c!["id"]!.GetValue<int>(), c => c!["name"]!.GetValue<string>());
        var files = root["images"]!
            .AsArray()
            .DistinctBy(i => i!["id"]!.GetValue<int>())
            .ToDictionary(i => i!["id"]!.GetValue<int>(), i => i!["file_name"]!.GetValue<string>());
        ILookup<string, string> shown = root["annotations"]!
            .AsArray()
            .ToLookup(a => files[a!["image_id"]!.GetValue<int>()], a => names[a!["category_id"]!.GetValue<int>()]);

        return CocoData
            .Read(data, new CocoOptions { Seed = seed })
            .Streams.Single(stream => stream.Name == "negation")
            .Records.All(record =>
                shown[record.Image].Contains(record.Objects!.Value.First)
                && !shown[record.Image].Contains(record.Objects.Value.Second)
                && shown[record.NegativeImage!].Contains(record.Objects.Value.Second)
                && !shown[record.NegativeImage!].Contains(record.Objects.Value.First)
            );
    }
}
