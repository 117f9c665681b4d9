using Dcsm.Data.DataSets;

namespace Dcsm.Data.Tests.DataSets;

public sealed class CaptionedPicturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_of_pictures_and_captions_is_enough_and_what_is_false_is_left_out()
    {
        foreach (string name in new[] { "a.png", "b.png", "c.png" })
            File.WriteAllBytes(_folder[name], [1]);
        CaptionedPictures plain = Csv("image,caption\na.png,a dog\nb.png,a cat\na.png,a brown dog\n");
        Assert.Equal(["a.png: a dog, a brown dog", "b.png: a cat"], All(plain));
        Assert.Empty(plain.Remarks);

        CaptionedPictures labeled = Csv(
            "image,caption,label,opposite_caption,opposite_image\na.png,a dog,1,,\na.png,a cat,0,,\nb.png,red,,blue,c.png\n"
        );
        Assert.Equal(["a.png: a dog", "b.png: red", "c.png: blue"], All(labeled));
        Assert.NotEqual(plain.Fingerprint, labeled.Fingerprint);

        var json = CaptionedPictures.Read(
            "jsonl",
            _folder.Write("own.jsonl", "{\"image\": \"a.png\", \"caption\": \"a dog\"}\n"),
            splitSeed: 3
        );
        Assert.Equal(["a.png: a dog"], All(json));
        Assert.Contains(
            "no picture with a true caption",
            Assert.Throws<InvalidDataException>(() => Csv("image,caption,label\na.png,a dog,0\n")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_COCO_the_captions_alone_are_read_and_a_tenth_of_the_pictures_is_held_out()
    {
        SceneDataSets.Coco(_folder.Path, 40);
        File.Delete(_folder["annotations/instances_train2017.json"]);
        var coco = CaptionedPictures.Read("coco", _folder.Path);

        Assert.Equal(39, coco.Train.Count + coco.HeldOut.Count);
        Assert.InRange(coco.HeldOut.Count, 1, 10);
        Assert.Contains(All(coco), own => own.EndsWith(": Two things on a table., Something else, really", StringComparison.Ordinal));
        Assert.Contains("1 captions are of pictures that are not in it", Assert.Single(coco.Remarks), StringComparison.Ordinal);
        Assert.All(coco.Train, picture => Assert.True(File.Exists(picture.Path)));
    }

    [Theory]
    [InlineData("official")]
    [InlineData("vg")]
    public void Of_other_data_sets_what_is_true_of_each_picture_is_taken(string kind)
    {
        string directory = kind == "vg" ? SceneDataSets.VisualGenome(_folder.Path, 12) : SceneDataSets.Official(_folder.Path, 6);
        var set = CaptionedPictures.Read(kind, directory);
        Assert.True(set.Train.Count > 6);
        Assert.Equal(set.Train.Count, set.Train.Select(picture => picture.Path).Distinct().Count());
        Assert.Empty(set.Train.Select(picture => picture.Name).Intersect(set.HeldOut.Select(picture => picture.Name)));
        if (kind == "official")
        {
            CaptionedPicture opposite = set.Train.First(picture => picture.Name.Contains("CUTMIX_", StringComparison.Ordinal));
            CaptionedPicture? own = set
                .Train.Concat(set.HeldOut)
                .FirstOrDefault(picture => picture.Name == opposite.Name.Replace("CUTMIX_", "", StringComparison.Ordinal));
            Assert.Empty(opposite.Captions.Intersect(own!.Captions));
        }
    }

    [Fact]
    public void Several_are_taken_together()
    {
        File.WriteAllBytes(_folder["a.png"], [1]);
        CaptionedPictures one = Csv("image,caption\na.png,a dog\n"),
            two = CaptionedPictures.Join([one, one]);
        Assert.Equal(2, two.Train.Count);
        Assert.Same(one, CaptionedPictures.Join([one]));
        Assert.Throws<ArgumentException>(() => CaptionedPictures.Read("painting", _folder.Path));
    }

    private CaptionedPictures Csv(string text) => CaptionedPictures.Read("csv", _folder.Write("own.csv", text), splitSeed: 3);

    private static IEnumerable<string> All(CaptionedPictures set) =>
        set.Train.Concat(set.HeldOut).Select(picture => $"{picture.Name}: {string.Join(", ", picture.Captions)}");
}
