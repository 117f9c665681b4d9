using Dcsm.Data.DataSets;

namespace Dcsm.Data.Tests.DataSets;

public sealed class CaptionTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_forms_are_read_with_and_without_opposite_pictures()
    {
        SceneDataSets.Own(_folder.Path, 6);
        foreach (
            HardNegativeSet set in new[] { CaptionTable.ReadCsv(_folder["own.csv"]), CaptionTable.ReadJsonLines(_folder["own.jsonl"]) }
        )
        {
            HardNegativeGroup stream = Assert.Single(set.Streams);
            Assert.Equal("captions", stream.Name);
            Assert.Equal([true, false, true, false, true, false], stream.Records.Select(record => record.NegativeImagePath is not null));
            Assert.All(stream.Records, record => Assert.Null(record.Objects));
        }

        Assert.EndsWith(", really", CaptionTable.ReadCsv(_folder["own.csv"]).Streams[0].Records[0].Captions[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image,caption\na.png,x", "line 1", "the column opposite_caption is missing")]
    [InlineData("image,caption,opposite_caption\na.png,x,", "line 2", "opposite_caption is empty")]
    [InlineData("image,caption,opposite_caption\na.png,x,x", "line 2", "the same")]
    [InlineData("image,caption,opposite_caption\na.png,x", "line 2", "expected 3 fields, found 2")]
    [InlineData("image,caption,opposite_caption\nb.png,x,y", "line 2", "'b.png' does not exist")]
    [InlineData("image,caption,opposite_caption,opposite_image\na.png,x,y,b.png", "line 2", "opposite_image", "'b.png'")]
    [InlineData("image,caption,opposite_caption\n", "no items")]
    public void A_wrong_row_of_CSV_is_named(string text, params string[] parts)
    {
        File.WriteAllBytes(_folder["a.png"], [1]);
        File.WriteAllText(_folder["own.csv"], text);
        string message = Assert.ThrowsAny<Exception>(() => CaptionTable.ReadCsv(_folder["own.csv"])).Message;
        Assert.All(parts.Prepend("own.csv"), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"image": "a.png", "caption": "x"}""", "line 1", "opposite_caption")]
    [InlineData("""{"image": "a.png", "caption": "x", "opposite_caption": 3}""", "line 1", "field opposite_caption")]
    [InlineData("\n{\"image\": ", "line 2", "the JSON stops in the middle")]
    [InlineData("[]", "line 1", "an object")]
    public void A_wrong_line_of_JSON_is_named(string text, params string[] parts)
    {
        File.WriteAllBytes(_folder["a.png"], [1]);
        File.WriteAllText(_folder["own.jsonl"], text);
        string message = Assert.Throws<InvalidDataException>(() => CaptionTable.ReadJsonLines(_folder["own.jsonl"])).Message;
        Assert.All(parts.Prepend("own.jsonl"), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_column_says_the_stream()
    {
        File.WriteAllBytes(_folder["a.png"], [1]);
        File.WriteAllText(_folder["own.csv"], "Image,caption,opposite_caption,stream\na.png,x,y,\na.png,z,y,counting\n");
        Assert.Equal(["captions", "counting"], CaptionTable.ReadCsv(_folder["own.csv"]).Streams.Select(stream => stream.Name));
    }
}
