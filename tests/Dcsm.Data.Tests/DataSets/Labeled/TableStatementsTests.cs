using Dcsm.Data.DataSets;
using Dcsm.Data.DataSets.Labeled;

namespace Dcsm.Data.Tests.DataSets.Labeled;

public sealed class TableStatementsTests : IDisposable
{
    // No picture of these names is held out by this seed.
    private const ulong SplitSeed = 3;
    private readonly TemporaryFolder _folder = new();

    public TableStatementsTests()
    {
        foreach (string name in new[] { "a.png", "b.png" })
            File.WriteAllBytes(_folder[name], [1]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_of_a_picture_go_together_and_the_truth_is_told_wherever_it_is_known()
    {
        LabeledSet csv = Csv("image,caption,label,stream\na.png,a dog,1,\na.png,a cat,false,\nb.png,a cat,TRUE,pets\na.png,a dog,1,\n");
        LabeledSet json = Json(
            """
            {"image": "a.png", "statements": [{"caption": "a dog", "label": true}, {"caption": "a cat", "label": 0}]}
            {"image": "b.png", "caption": "a cat", "label": "true", "stream": "pets"}
            """
        );
        foreach (LabeledSet set in new[] { csv, json })
        {
            Assert.Equal(2, set.Train.Count);
            Assert.Equal([("captions", 2), ("pets", 1)], set.Train.Kinds.Select(kind => (kind.Key, kind.Value)));
            LabeledGroup group = set.Train.Group(0);
            Assert.Equal(["a.png", "b.png"], group.Pictures.Select(picture => picture.Name));
            Assert.Equal(["a dog", "a cat"], group.Captions.Select(caption => caption.Text));
            Assert.Equal([true, false, null, true], group.Truth.Values);
        }

        Assert.Contains(csv.Remarks, remark => remark.Contains("1 captions are said twice", StringComparison.Ordinal));
        Assert.Contains(csv.Remarks, remark => remark.Contains("1 pictures have only true captions", StringComparison.Ordinal));
    }

    [Fact]
    public void Opposites_are_true_of_one_picture_and_false_of_the_other()
    {
        LabeledGroup group = Csv("image,caption,opposite_caption,opposite_image\na.png,x,y,b.png\na.png,z,w,\n").Train.Group(0);
        Assert.Equal(["x", "y", "z", "w"], group.Captions.Select(caption => caption.Text));
        Assert.Equal([true, false, true, false, false, true, null, null], group.Truth.Values);
    }

    [Fact]
    public void Many_captions_of_a_picture_are_spread_over_several_groups_each_with_true_and_false_ones()
    {
        IEnumerable<string> rows = Enumerable.Range(0, 40).Select(i => $"a.png,caption {i},{(i < 20 ? 1 : 0)}");
        LabeledPart part = Csv("image,caption,label\n" + string.Join('\n', rows)).Train;
        Assert.Equal(3, part.Count);
        LabeledGroup[] groups = [.. Enumerable.Range(0, 3).Select(part.Group)];
        Assert.Equal(40, groups.SelectMany(group => group.Captions).Distinct().Count());
        Assert.All(groups, group => Assert.Equal(group.Captions.Count / 2, group.Truth.Values.Count(truth => truth == true)));
    }

    [Theory]
    [InlineData("image,caption\na.png,x", "line 1", "label", "opposite_caption")]
    [InlineData("image,caption,label\na.png,x,maybe", "line 2", "'maybe'", "1 or true, 0 or false")]
    [InlineData("image,caption,label\na.png,x,1\na.png,x,0", "line 3", "false of a.png", "line 2")]
    [InlineData("image,caption,label,opposite_caption\na.png,x,1,y", "line 2", "both")]
    [InlineData("image,caption,label,opposite_caption\na.png,x,,", "line 2", "label is empty")]
    [InlineData("image,caption,label\na.png,,1", "line 2", "caption is empty")]
    [InlineData("image,caption,label\nc.png,x,1", "line 2", "c.png")]
    public void A_wrong_row_is_named(string text, params string[] parts)
    {
        string message = Assert.ThrowsAny<Exception>(() => Csv(text)).Message;
        Assert.All(parts.Prepend("own.csv"), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"image": "a.png", "statements": [{"caption": "x"}]}""", "line 1", "statements[0]", "label is missing")]
    [InlineData("""{"image": "a.png", "statements": []}""", "line 1", "statements", "no items")]
    [InlineData("""{"image": "a.png", "caption": "x", "label": 2}""", "line 1", "label is '2'")]
    [InlineData("""{"image": "a.png", "caption": "x"}""", "line 1", "label")]
    public void A_wrong_line_is_named(string text, params string[] parts)
    {
        string message = Assert.ThrowsAny<Exception>(() => Json(text)).Message;
        Assert.All(parts.Prepend("own.jsonl"), part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private LabeledSet Csv(string text) => CaptionTable.ReadStatementsCsv(_folder.Write("own.csv", text), SplitSeed);

    private LabeledSet Json(string text) => CaptionTable.ReadStatementsJsonLines(_folder.Write("own.jsonl", text), SplitSeed);
}
