using Dcsm.Data.Scenes;

namespace Dcsm.Data.Tests.Scenes;

public class ObjectLibraryTests
{
    private const string Apple = """{"name":"apple","group":"fruit","file":"apple.webp"}""";

    [Fact]
    public void All_objects_are_there()
    {
        ObjectLibrary library = TestData.Library;
        Assert.Equal(307, library.Objects.Count);
        Assert.Equal("apple", library.Objects[0].Name);
        Assert.Equal("fruit", library.Objects[0].Group);
        Assert.All(library.Objects, item => Assert.InRange(Math.Max(item.Width, item.Height), 128, 256));
        Assert.All(Enumerable.Range(0, 307), i => Assert.Equal(i, library.IndexOf(library.Objects[i].Name)));
    }

    [Fact]
    public void A_few_objects_keep_the_order_of_the_file()
    {
        var library = ObjectLibrary.Load(TestData.ObjectsDirectory, ["zebra", "apple", "pear"]);
        Assert.Equal(["apple", "pear", "zebra"], library.Objects.Select(item => item.Name));
        Assert.True(library.Contains("pear"));
        Assert.False(library.Contains("dog"));
    }

    [Fact]
    public void Unknown_names_are_told()
    {
        Assert.Contains(
            "unicorn",
            Assert.Throws<ArgumentException>(() => ObjectLibrary.Load(TestData.ObjectsDirectory, ["apple", "unicorn"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "unicorn",
            Assert.Throws<ArgumentException>(() => TestData.Library.IndexOf("unicorn")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Missing_folder_list_and_picture_are_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<DirectoryNotFoundException>(() => ObjectLibrary.Load(folder["nowhere"]));
        Assert.EndsWith(
            "objects.json",
            Assert.Throws<FileNotFoundException>(() => ObjectLibrary.Load(folder.Path)).FileName,
            StringComparison.Ordinal
        );
        File.WriteAllText(folder["objects.json"], $"[{Apple}]");
        Assert.EndsWith(
            "apple.webp",
            Assert.Throws<FileNotFoundException>(() => ObjectLibrary.Load(folder.Path)).FileName,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[{\n,", "line 2")]
    [InlineData("{}", "expected a list, found an object without fields")]
    [InlineData("[]", "the list has no items")]
    [InlineData("[3]", "item index 0: expected an object with the field name, found 3")]
    [InlineData("""[{"name":"apple","file":"apple.webp"}]""", "item index 0: the field group is missing")]
    [InlineData($"[{Apple},{Apple}]", "occurs twice")]
    public void Wrong_lists_are_told(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["objects.json"], json);
        string message = Assert.Throws<InvalidDataException>(() => ObjectLibrary.Load(folder.Path)).Message;
        Assert.Contains("objects.json", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_pictures_are_told()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["objects.json"], $"[{Apple}]");
        File.WriteAllText(folder["apple.webp"], "not a picture");
        Assert.Contains(
            "apple",
            Assert.Throws<InvalidDataException>(() => ObjectLibrary.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );

        byte[] whole = File.ReadAllBytes(Path.Combine(TestData.ObjectsDirectory, "images", "apple.webp"));
        File.WriteAllBytes(folder["apple.webp"], whole[..(whole.Length / 2)]);
        Assert.Contains(
            "decoded",
            Assert.Throws<InvalidDataException>(() => ObjectLibrary.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }
}
