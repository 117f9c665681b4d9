using Dcsm.Data.DataSets;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Data.Tests.Scenes.Statements;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Tests.DataSets.Labeled;

public sealed class CocoStatementsTests : IDisposable
{
    private static readonly string[] Names = ["dog", "cat", "horse", "kite", "truck", "sofa", "lamp", "pear", "cow", "bench"];
    private static readonly int[][] Places =
    [
        [2, 2, 20, 20],
        [40, 4, 20, 20],
        [74, 3, 22, 20],
        [5, 70, 20, 25],
        [70, 72, 25, 20],
    ];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Some things are in most pictures and others in few, and their colors differ as well.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_caption_alone_does_not_tell_whether_it_is_true_however_often_things_occur(int gram)
    {
        LabeledSet set = CocoData.ReadStatements(Skewed(900));
        (string Text, bool True)[] captions = [.. Groups(set).SelectMany(Told)];
        Assert.True(captions.Length > 8000);
        Assert.Equal(0.5, captions.Average(caption => caption.True ? 1.0 : 0), 2);
        int held = captions.Length / 4;
        Assert.InRange(BagOfWords.Accuracy(captions[held..], captions[..held], gram), 0.4, 0.53);
    }

    [Fact]
    public void A_statement_is_told_of_as_many_pictures_that_it_is_true_of_as_of_others()
    {
        foreach (LabeledGroup group in Groups(CocoData.ReadStatements(Skewed(200))))
        {
            Assert.InRange(group.Pictures.Count, 1, 4);
            for (int caption = 0; caption < group.Captions.Count; caption++)
            {
                bool?[] truth = [.. Enumerable.Range(0, group.Pictures.Count).Select(picture => group.Truth[picture, caption])];
                (int right, int wrong) = (truth.Count(t => t == true), truth.Count(t => t == false));
                Assert.True(right == wrong || (right + wrong == 1 && group.Captions[caption].Kind is "color" or "spatial" or "combined"));
                Assert.Equal(caption % 2 == 0, truth[0]);
            }
        }
    }

    [Fact]
    public void Names_pairs_and_absences_are_as_the_categories_say()
    {
        string directory = Skewed(300);
        Dictionary<string, string[]> shown = Shown;
        var kinds = new HashSet<string>();
        foreach (LabeledGroup group in Groups(CocoData.ReadStatements(directory)))
        {
            for (int caption = 0; caption < group.Captions.Count; caption++)
            {
                LabeledCaption said = group.Captions[caption];
                kinds.Add(said.Kind);
                if (said.Kind is not ("name" or "pair" or "negation"))
                    continue;
                string[] named = [.. said.Text.Split(' ', ',').Where(Names.Contains)];
                for (int picture = 0; picture < group.Pictures.Count; picture++)
                {
                    if (group.Truth[picture, caption] is not { } told)
                        continue;
                    string[] there = shown[group.Pictures[picture].Name];
                    // Of a negation the last one is what is not there.
                    int absent = said.Kind == "negation" ? named.Length - 1 : named.Length;
                    Assert.Equal(named.Select((name, i) => there.Contains(name) == (i != absent)).All(holds => holds), told);
                }
            }
        }

        Assert.Superset(new HashSet<string> { "name", "pair", "color", "spatial", "negation", "combined" }, kinds);
    }

    [Fact]
    public void Grammar_is_natural_in_a_data_set_too()
    {
        WrittenCoco coco = new();
        for (int i = 0; i < 40; i++)
        {
            coco.Add([("scissors", Places[0]), ("orange", Places[1])]);
            coco.Add([("broccoli", Places[0]), ("cup", Places[1])]);
        }

        string[] captions =
        [
            .. Groups(CocoData.ReadStatements(coco.Write(_folder.Path))).SelectMany(group => group.Captions.Select(c => $" {c.Text} ")),
        ];
        Assert.Contains(captions, caption => caption.Contains(" an orange ", StringComparison.Ordinal));
        foreach (string wrong in new[] { " a orange ", " a scissors ", " a broccoli " })
            Assert.DoesNotContain(captions, caption => caption.Contains(wrong, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cup", "dining table", false)] // In front of it, not below it.
    [InlineData("person", "kite", true)]
    [InlineData("robot", "spaceship", true)] // Nothing is known of them.
    public void Nothing_is_below_what_stands_on_the_ground(string lower, string upper, bool isSaid)
    {
        var picture = new CocoPicture("1.jpg", 100, 100, "");
        (string, SceneBox) first = (lower, new(40, 70, 20, 20)),
            second = (upper, new(35, 10, 30, 30));
        (int relation, string? flaw) = picture.Relation(first, second, new CocoOptions());
        Assert.Equal(isSaid ? (int)SpatialRelation.Below : -1, relation);
        Assert.Equal(isSaid, flaw is null);
        Assert.Equal(isSaid ? (int)SpatialRelation.Above : -1, picture.Relation(second, first, new CocoOptions()).Relation);
    }

    [Fact]
    public void What_is_small_thin_cut_off_or_a_crowd_is_there_but_is_not_named()
    {
        WrittenCoco coco = new();
        for (int i = 0; i < 30; i++)
        {
            coco.Add(
                [("dog", Places[0]), ("pear", [50, 50, 3, 3]), ("lamp", [60, 5, 4, 60])],
                crowds: ["sofa"],
                caption: "A dog that looks for a bench"
            );
            coco.Add([("cat", Places[0]), ("pear", Places[1]), ("lamp", Places[2]), ("sofa", Places[3]), ("bench", Places[4])]);
        }

        LabeledSet set = CocoData.ReadStatements(coco.Write(_folder.Path));
        Assert.Contains(
            set.Remarks,
            remark => remark.Contains("60 objects are there, but are not named (30 slivers, 30 too small)", StringComparison.Ordinal)
        );
        LabeledGroup[] ofDogs =
        [
            .. Groups(set).Where(group => int.Parse(Path.GetFileNameWithoutExtension(group.Pictures[0].Name), null) % 2 == 1),
        ];
        Assert.NotEmpty(ofDogs);
        foreach (LabeledGroup group in ofDogs)
        {
            for (int caption = 0; caption < group.Captions.Count; caption++)
            {
                string text = group.Captions[caption].Text;
                // The bench of the caption may be there or not.
                Assert.DoesNotContain("bench", text, StringComparison.Ordinal);
                foreach (string name in new[] { "pear", "lamp", "sofa" })
                    Assert.False(group.Truth[0, caption] == true && text.Contains(name, StringComparison.Ordinal), text);
            }
        }
    }

    [Fact]
    public void Pictures_are_held_out_whole_and_the_same_files_give_the_same()
    {
        string directory = Skewed(120);
        LabeledSet set = CocoData.ReadStatements(directory);
        HashSet<string> trained = [.. Groups(set).SelectMany(group => group.Pictures).Select(picture => picture.Name)],
            heldOut = [.. Groups(set.HeldOut!).SelectMany(group => group.Pictures).Select(picture => picture.Name)];
        Assert.NotEmpty(heldOut);
        Assert.Empty(trained.Intersect(heldOut));
        Assert.Equal(set.Fingerprint(), CocoData.ReadStatements(directory).Fingerprint());
        Assert.NotEqual(set.Fingerprint(), CocoData.ReadStatements(directory, new CocoOptions { Seed = 2 }).Fingerprint());
        Assert.NotEqual(set.Fingerprint(), CocoData.ReadStatements(directory, splitSeed: 5).Fingerprint());
    }

    private Dictionary<string, string[]> Shown { get; } = new(StringComparer.Ordinal);

    /// <summary>The first names are in most pictures; every name has a color that it mostly has.</summary>
    private string Skewed(int count)
    {
        var random = new SceneRandom(7);
        string[] colors = ["red", "blue", "green"];
        WrittenCoco coco = new();
        for (int i = 1; i <= count; i++)
        {
            string[] shown =
            [
                .. Enumerable.Range(0, Names.Length).Where(n => random.NextBool(0.75 / (1 + (0.5 * n)))).Select(n => Names[n]).Take(5),
            ];
            int[][] places = [.. Places];
            random.Shuffle<int[]>(places);
            var words = new List<string>();
            foreach (string name in shown)
                words.Add($"a {colors[random.NextBool(0.6) ? Array.IndexOf(Names, name) % 3 : random.NextInt(3)]} {name}");
            coco.Add([.. shown.Select((name, n) => (name, places[n]))], caption: string.Join(" and ", words) + ".");
            Shown[$"{i}.jpg"] = shown;
        }

        return coco.Write(_folder.Path);
    }

    private static IEnumerable<LabeledGroup> Groups(LabeledSet set) => Groups(set.Train);

    private static IEnumerable<LabeledGroup> Groups(LabeledPart part) => Enumerable.Range(0, part.Count).Select(part.Group);

    private static IEnumerable<(string Text, bool True)> Told(LabeledGroup told) =>
        from caption in Enumerable.Range(0, told.Captions.Count)
        from picture in Enumerable.Range(0, told.Pictures.Count)
        where told.Truth[picture, caption] is not null
        select (told.Captions[caption].Text, told.Truth[picture, caption]!.Value);
}
