using System.Text;
using System.Text.Json.Nodes;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;

namespace Dcsm.Data.Tests.Scenes;

public class SceneDatasetReaderTests
{
    private static string[] WriteFew(TemporaryFolder folder)
    {
        SceneDatasetWriter.Write(
            folder.Path,
            TestData.Library,
            TestData.Split,
            new SceneDatasetOptions
            {
                SamplesPerKind = 1,
                ImageSize = 16,
                Parts = [SplitPart.Train],
            }
        );
        return File.ReadAllLines(folder["scenes.jsonl"]);
    }

    [Fact]
    public void A_caption_is_bounded()
    {
        using TemporaryFolder folder = new();
        string[] lines = WriteFew(folder);
        Write(10_000);
        Assert.Equal(10_000, SceneDatasetReader.Read(folder.Path)[1].OppositeCaptions[1].Length);
        Write(8_000_000);
        string message = ReadMessage<InvalidDataException>(folder);
        Assert.EndsWith(
            "scenes.jsonl, line 2, field opposite_captions: a caption has 8000000 characters; at most 10000 are read",
            message,
            StringComparison.Ordinal
        );

        void Write(int length)
        {
            JsonNode line = JsonNode.Parse(lines[1])!;
            line["opposite_captions"]![1] = new string('x', length);
            File.WriteAllLines(folder["scenes.jsonl"], [lines[0], line.ToJsonString(), .. lines[2..]]);
        }
    }

    private static string ReadMessage<T>(TemporaryFolder folder)
        where T : Exception => Assert.Throws<T>(() => SceneDatasetReader.Read(folder.Path)).Message;

    [Theory]
    [InlineData("kind", "\"shape\"", "field kind: expected one of 'color', 'size', 'spatial', 'negation', found \"shape\"")]
    [InlineData("kind", null, "the field kind is missing")]
    [InlineData("part", "\"test\"", "field part: expected one of 'train', 'unseen_pairs', 'unseen_objects', found \"test\"")]
    [InlineData("seed", "-1", "field seed: expected a whole number from 0, found -1")]
    [InlineData("index", "1.5", "field index: expected a whole number, found 1.5")]
    [InlineData("image", "\"\"", "field image: the text is empty")]
    [InlineData("image", "7", "field image: expected a text, found 7")]
    [InlineData("opposite_image", null, "the field opposite_image is missing")]
    [InlineData("image_size", "0", "field image_size: expected a positive whole number, found 0")]
    [InlineData("background_seed", "\"xyz\"", "field background_seed: expected 16 hexadecimal digits")]
    [InlineData("captions", "[\"one\"]", "field captions: expected 2 texts, found 1")]
    [InlineData("captions", "[\"one\", \" \"]", "field captions[1]: the text is empty")]
    [InlineData("opposite_captions", "\"one\"", "field opposite_captions: expected a list, found \"one\"")]
    [InlineData("objects", "{}", "field objects: expected a list")]
    [InlineData("objects", "[1]", "field objects[0]: expected an object")]
    [InlineData("objects", """[{"name":"a"}]""", "field objects[0]: the field box is missing")]
    [InlineData(
        "objects",
        """[{"name":"a","box":[1,2,3,4],"color":"pink","center":[0,0],"size":1,"mirrored":true}]""",
        "field objects[0].color: expected null or one of red"
    )]
    [InlineData(
        "objects",
        """[{"name":"a","box":[1,2,3],"color":null,"center":[0,0],"size":1,"mirrored":true}]""",
        "field objects[0].box: expected a list of 4 numbers"
    )]
    [InlineData(
        "opposite_objects",
        """[{"name":"a","box":[1,2,3,4],"color":null,"center":[0,"1"],"size":1,"mirrored":true}]""",
        "field opposite_objects[0].center[1]: expected a number"
    )]
    [InlineData(
        "objects",
        """[{"name":"a","box":[1,2,3,4],"color":null,"center":[0,0],"size":0,"mirrored":true}]""",
        "field objects[0].size: expected a number above 0, found 0"
    )]
    [InlineData(
        "objects",
        """[{"name":"a","box":[1,2,3,4],"color":null,"center":[0,0],"size":1,"mirrored":1}]""",
        "field objects[0].mirrored: expected true or false"
    )]
    public void Wrong_fields_are_told_with_their_line(string field, string? json, string expected)
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        JsonObject line = JsonNode.Parse(lines[2])!.AsObject();
        line.Remove(field);
        if (json is not null)
            line.Add(field, JsonNode.Parse(json));
        lines[2] = line.ToJsonString();
        File.WriteAllLines(folder["scenes.jsonl"], lines);
        string message = ReadMessage<InvalidDataException>(folder);
        Assert.Contains("scenes.jsonl, line 3", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside.png")]
    [InlineData("images/../../outside.png")]
    [InlineData("images\\..\\..\\outside.png")]
    [InlineData("C:\\outside.png")]
    [InlineData(null)]
    public void A_picture_outside_the_folder_is_not_opened(string? name)
    {
        using var outer = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        File.Copy(folder["images/train-size-000000-opposite.png"], Path.Combine(folder.Path, "..", "outside.png"), overwrite: true);
        File.Copy(folder["images/train-size-000000-opposite.png"], outer["outside.png"]);
        try
        {
            JsonObject line = JsonNode.Parse(lines[0])!.AsObject();
            line["image"] = name ?? outer["outside.png"];
            lines[0] = line.ToJsonString();
            File.WriteAllLines(folder["scenes.jsonl"], lines);
            string message = ReadMessage<InvalidDataException>(folder);
            Assert.Contains("scenes.jsonl, line 1, field image: image '", message, StringComparison.Ordinal);
            Assert.Contains("leads out of the folder of pictures", message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(Path.Combine(folder.Path, "..", "outside.png"));
        }
    }

    [Fact]
    public void Missing_pictures_are_told_with_their_line()
    {
        using var folder = new TemporaryFolder();
        WriteFew(folder);
        File.Delete(folder["images/train-size-000000-opposite.png"]);
        string message = ReadMessage<FileNotFoundException>(folder);
        Assert.Contains(
            "scenes.jsonl, line 2, field opposite_image: the picture 'images/train-size-000000-opposite.png' does not exist",
            message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Missing_folder_and_list_are_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("scenes.jsonl: missing", ReadMessage<FileNotFoundException>(folder), StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => SceneDatasetReader.Read(folder["nowhere"]));
        File.WriteAllText(folder["scenes.jsonl"], "\n");
        Assert.Contains("no samples", ReadMessage<InvalidDataException>(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_json_and_torn_lines_are_told()
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        File.WriteAllLines(folder["scenes.jsonl"], [lines[0], "{\"kind\":}", lines[1]]);
        Assert.Contains("line 2, column 9: not JSON", ReadMessage<InvalidDataException>(folder), StringComparison.Ordinal);
        File.WriteAllText(folder["scenes.jsonl"], lines[0] + "\n" + lines[1][..100]);
        Assert.Contains(
            "line 2: the JSON stops in the middle, after 100 bytes; the file was cut off",
            ReadMessage<InvalidDataException>(folder),
            StringComparison.Ordinal
        );
        File.WriteAllLines(folder["scenes.jsonl"], [lines[0], "[1]"]);
        Assert.Contains(
            "line 2: expected an object with the field background_seed, found [1]",
            ReadMessage<InvalidDataException>(folder),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Other_encodings_are_told()
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        string second = lines[1].Replace("A picture", "A p\u00efcture", StringComparison.Ordinal);
        File.WriteAllBytes(
            folder["scenes.jsonl"],
            [.. Encoding.UTF8.GetBytes(lines[0] + "\n"), .. Encoding.Latin1.GetBytes(second + "\n")]
        );
        int at = second.IndexOf('\u00ef', StringComparison.Ordinal) + 1;
        Assert.Contains(
            $"line 2: the bytes are not UTF-8 (0xEF at byte {at} of the line)",
            ReadMessage<InvalidDataException>(folder),
            StringComparison.Ordinal
        );
        File.WriteAllLines(folder["scenes.jsonl"], lines, Encoding.Unicode);
        Assert.Contains("UTF-16", ReadMessage<InvalidDataException>(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_blank_lines_and_windows_line_ends_are_fine()
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        File.WriteAllText(
            folder["scenes.jsonl"],
            string.Join("\r\n", lines) + "\r\n\r\n",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)
        );
        Assert.Equal(4, SceneDatasetReader.Read(folder.Path).Count);
        File.WriteAllText(folder["scenes.jsonl"], string.Join('\n', lines));
        Assert.Equal(4, SceneDatasetReader.Read(folder.Path).Count);
    }

    [Fact]
    public void Unknown_fields_are_skipped()
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        lines[0] = lines[0].Replace("{\"kind\"", "{\"note\":\"mine\",\"kind\"", StringComparison.Ordinal);
        File.WriteAllLines(folder["scenes.jsonl"], lines);
        Assert.Equal(4, SceneDatasetReader.Read(folder.Path).Count);
    }

    [Fact]
    public void Long_files_are_read_whole()
    {
        using var folder = new TemporaryFolder();
        string[] lines = WriteFew(folder);
        File.WriteAllLines(folder["scenes.jsonl"], Enumerable.Repeat(lines, 100).SelectMany(part => part));
        Assert.Equal(400, SceneDatasetReader.Read(folder.Path).Count);
    }

    [Fact]
    public void Reading_can_be_canceled()
    {
        using var folder = new TemporaryFolder();
        WriteFew(folder);
        Assert.Throws<OperationCanceledException>(() => SceneDatasetReader.Read(folder.Path, new CancellationToken(canceled: true)));
    }
}
