using Dcsm.Data.DataSets;

namespace Dcsm.Data.Tests.DataSets;

public sealed class VisualGenomeDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Makes_relations_that_boxes_bear_out_and_attributes_of_single_objects()
    {
        HardNegativeSet set = VisualGenomeData.Read(SceneDataSets.VisualGenome(_folder.Path, 10));

        Assert.Equal(["spatial", "attributes"], set.Streams.Select(stream => stream.Name));
        Assert.Equal([10, 10], set.Streams.Select(stream => stream.Records.Count));
        Assert.All(
            set.Streams.SelectMany(stream => stream.Records),
            record =>
            {
                Assert.Null(record.NegativeImagePath);
                Assert.True(File.Exists(record.ImagePath));
                Assert.DoesNotContain("wall", record.Captions[0], StringComparison.Ordinal);
            }
        );
        Assert.Contains(set.Remarks, remark => remark.Contains("1 items of attributes.json", StringComparison.Ordinal));
        Assert.Contains(set.Remarks, remark => remark.Contains("10 relations are not borne out", StringComparison.Ordinal));
    }

    [Fact]
    public void Either_file_may_be_missing_but_not_both()
    {
        SceneDataSets.VisualGenome(_folder.Path, 2);
        File.Delete(_folder["attributes.json"]);
        Assert.Equal("spatial", Assert.Single(VisualGenomeData.Read(_folder.Path).Streams).Name);
        File.Delete(_folder["relationships.json"]);
        Assert.Contains(
            "attributes.json",
            Assert.Throws<FileNotFoundException>(() => VisualGenomeData.Read(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_wrong_item_is_named()
    {
        SceneDataSets.VisualGenome(_folder.Path, 2);
        File.WriteAllText(_folder["attributes.json"], """[{"image_id": 1, "attributes": [{"names": ["cup"]}]}]""");
        Assert.Contains(
            "attributes.json, item index 0, field attributes[0]",
            Assert.Throws<InvalidDataException>(() => VisualGenomeData.Read(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }
}
