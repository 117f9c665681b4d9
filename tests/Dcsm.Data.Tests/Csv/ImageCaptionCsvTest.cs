using Dcsm.Data.Pairs;

namespace Dcsm.Data.Tests.Csv;

public sealed class ImageCaptionCsvTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImageCaptionCsvTest() => File.WriteAllBytes(_folder["cat.png"], [1]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("image,caption\ncat.png,a cat\n")]
    [InlineData("caption,image\r\na cat,cat.png\r\n")]
    [InlineData("Id, Image , CAPTION\n7,cat.png, a cat \n")]
    [InlineData("image;caption\ncat.png;a cat\n")]
    [InlineData("filepath\ttitle\ncat.png\ta cat\n")]
    public void Reads_columns_by_name(string text)
    {
        ImageCaptionPair pair = Assert.Single(ImageCaptionCsv.Read(Write(text)));
        Assert.Equal((2, "cat.png", "a cat"), (pair.Row, pair.Image, pair.Caption));
        Assert.Equal(_folder["cat.png"], pair.ImagePath);
    }

    [Fact]
    public void Quoted_captions_keep_commas_and_quotation_marks()
    {
        IReadOnlyList<ImageCaptionPair> pairs = ImageCaptionCsv.Read(
            Write("image,caption\ncat.png,\"a cat, black\"\ncat.png,\"a \"\"cat\"\"\"\n")
        );
        Assert.Equal(["a cat, black", "a \"cat\""], pairs.Select(p => p.Caption));
        Assert.Equal([2, 3], pairs.Select(p => p.Row));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("image,caption\n", "no items")]
    [InlineData("image,text\ncat.png,a cat\n", "line 1", "the column caption is missing")]
    [InlineData("image,caption\ncat.png,a cat\ncat.png, \n", "line 3, column caption", "empty")]
    [InlineData("image,caption\n,a cat\n", "line 2, column image", "empty")]
    [InlineData("image,caption\ncat.png,a cat, black\n", "line 2", "expected 2 fields, found 3", "quotation marks")]
    [InlineData("image,caption\ncat.png\n", "line 2", "expected 2 fields, found 1")]
    [InlineData("image,caption\ncat.png,a \"cat\n", "line 2", "quotation mark")]
    public void Bad_content_names_file_and_row(string text, params string[] parts)
    {
        string path = Write(text);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ImageCaptionCsv.Read(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_image_names_its_row()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() =>
            ImageCaptionCsv.Read(Write("image,caption\ncat.png,a cat\ndog.png,a dog\n"))
        );
        Assert.Contains("line 3, column image: image 'dog.png' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_bad_content()
    {
        string path = Write("");
        File.WriteAllBytes(path, [.. "image,caption\ncat.png,"u8, 0xe9, (byte)'\n']);
        Assert.Throws<InvalidDataException>(() => ImageCaptionCsv.Read(path));
    }

    [Fact]
    public void Missing_table_is_named() =>
        Assert.Contains(
            "nowhere.csv",
            Assert.Throws<FileNotFoundException>(() => ImageCaptionCsv.Read(_folder["nowhere.csv"])).Message,
            StringComparison.Ordinal
        );

    private string Write(string text)
    {
        string path = _folder["pairs.csv"];
        File.WriteAllText(path, text);
        return path;
    }
}
