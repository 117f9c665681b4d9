using Dcsm.Data.DataSets;
using Dcsm.Data.DataSets.Labeled;

namespace Dcsm.Data.Tests.DataSets.Labeled;

public sealed class VisualGenomeStatementsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Colors_and_relations_are_told_and_absences_never()
    {
        LabeledSet set = VisualGenomeData.ReadStatements(SceneDataSets.VisualGenome(_folder.Path, 40));
        Assert.Equal(["color", "spatial"], set.Train.Kinds.Keys.Where(kind => kind != "combined"));
        for (int i = 0; i < set.Train.Count; i++)
        {
            LabeledGroup group = set.Train.Group(i);
            Assert.Equal(
                group.Captions.Select((_, caption) => (bool?)(caption % 2 == 0)),
                group.Captions.Select((_, c) => group.Truth[0, c])
            );
            Assert.All(group.Captions, caption => Assert.NotEmpty(caption.Boxes));
            Assert.DoesNotContain(group.Captions, caption => caption.Text.Contains("no ", StringComparison.Ordinal));
        }

        Assert.Contains(set.Remarks, remark => remark.Contains("40 relations are not borne out", StringComparison.Ordinal));
    }

    [Fact]
    public void What_lies_within_another_thing_is_not_beside_it()
    {
        _folder.Write("VG_100K/1.jpg", "");
        _folder.Write(
            "relationships.json",
            """
            [{"image_id": 1, "relationships": [{"predicate": "above", "relationship_id": 1,
              "subject": {"object_id": 1, "name": "logo", "x": 40, "y": 10, "w": 20, "h": 10},
              "object": {"object_id": 2, "name": "shirt", "x": 30, "y": 5, "w": 50, "h": 80}}]}]
            """
        );
        string message = Assert.Throws<InvalidDataException>(() => VisualGenomeData.Read(_folder.Path)).Message;
        Assert.Contains("1 relations are of boxes one of which lies mostly within the other", message, StringComparison.Ordinal);
    }
}
