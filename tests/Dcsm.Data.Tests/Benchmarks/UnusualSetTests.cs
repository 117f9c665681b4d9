using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>Unusual but valid sets are read.</summary>
public sealed class UnusualSetTests
{
    [Theory]
    [InlineData("clevr_bom_and_crlf", "clevrbind-val", 2)]
    [InlineData("clevr_index_column", "clevrbind-val", 2)]
    [InlineData("clevr_reordered_columns", "clevrbind-val", 1)]
    [InlineData("clevr_no_last_newline", "clevrbind-val", 1)]
    [InlineData("whatsup_incomplete_set", "whatsup-a", 3)]
    [InlineData("whatsup_bom", "whatsup-a", 4)]
    [InlineData("whatsup_renamed_images", "whatsup-a", 4)]
    [InlineData("whatsup_relation_word_in_object_name", "whatsup-a", 1)]
    [InlineData("negbench_bom", "negbench-coco", 1)]
    [InlineData("negbench_backslash_path", "negbench-coco", 1)]
    [InlineData("negbench_newline_in_caption", "negbench-coco", 1)]
    [InlineData("vga_box_partly_outside", "vg-attribution", 1)]
    [InlineData("vga_fractional_box", "vg-attribution", 1)]
    public void Items_are_read_and_their_pictures_open(string folder, string benchmark, int items)
    {
        ChoiceBenchmark read = Read(folder, benchmark);
        Assert.Equal(items, read.Items.Count);
        Assert.All(read.Items, item => BenchmarkPicture.Size(item.Image));
    }

    [Theory]
    [InlineData("clevr_bom_and_crlf")]
    [InlineData("clevr_reordered_columns")]
    [InlineData("clevr_no_last_newline")]
    [InlineData("clevr_index_column")]
    public void Columns_go_by_name(string folder)
    {
        ChoiceItem item = Read(folder, "clevrbind-val").Items[0];
        Assert.Equal(["red cube", "blue cube", "red sphere", "green cylinder", "yellow cube"], item.Options);
        Assert.Equal(0, item.Right);
    }

    [Fact]
    public void An_incomplete_set_keeps_its_key()
    {
        ChoiceBenchmark read = Read("whatsup_incomplete_set", "whatsup-a");
        Assert.Equal(["on", "under", "left"], read.Items.Select(item => item.Group));
        Assert.Equal("mug_table", Assert.Single(read.Items.Select(item => item.SetKey).Distinct()));
    }

    [Fact]
    public void Renamed_pictures_are_read_under_their_new_names()
    {
        ChoiceBenchmark read = Read("whatsup_renamed_images", "whatsup-a");
        Assert.Equal(["on", "under", "left", "right"], read.Items.Select(item => item.Group));
        Assert.Equal(
            ["mug_above_table.jpeg", "mug_below_table.jpeg", "mug_left_of_table.jpeg", "mug_right_of_table.jpeg"],
            read.Items.Select(item => Path.GetFileName(item.Image.Path))
        );
        Assert.Contains("2 pictures have other names", Assert.Single(read.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_relation_stands_between_the_objects() =>
        Assert.Equal("on", Assert.Single(Read("whatsup_relation_word_in_object_name", "whatsup-a").Items).Group);

    [Fact]
    public void A_caption_keeps_its_line_break() =>
        Assert.Equal(
            "This image features dog\nand cat",
            Assert.Single(Read("negbench_newline_in_caption", "negbench-coco").Items).Options[0]
        );

    [Fact]
    public void Both_quotes_and_escapes_are_read()
    {
        RetrievalBenchmark read = Fixture.Retrieval("negbench-retrieval", Fixture.Path("odd/retrieval_both_quotes"));
        Assert.Equal(["""A sign says "dog" and it's small.""", "It's a dog.", "café"], read.Captions.Select(caption => caption.Text));
        Assert.Single(read.Images);
    }

    [Fact]
    public void A_box_partly_outside_is_a_warning()
    {
        ChoiceBenchmark read = Read("vga_box_partly_outside", "vg-attribution");
        string warning = Assert.Single(read.Warnings);
        Assert.All(
            (string[])["item index 0", "200 × 40 at (4, 4)", "96 × 64"],
            part => Assert.Contains(part, warning, StringComparison.Ordinal)
        );
        (int left, int top, int right, int bottom) = PillowCrop.Edges(read.Items[0].Image.Box!.Value);
        Assert.Equal((200, 40), (right - left, bottom - top));
    }

    [Fact]
    public void A_box_with_fractions_is_rounded_half_to_even()
    {
        (int left, _, int right, _) = PillowCrop.Edges(Read("vga_fractional_box", "vg-attribution").Items[0].Image.Box!.Value);
        Assert.Equal((4, 65), (left, right));
    }

    [Fact]
    public void Every_set_is_among_the_items_or_the_retrieval()
    {
        string[] folders =
        [
            .. Directory.EnumerateDirectories(Fixture.Path("odd")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
        ];
        IEnumerable<string> rows = typeof(UnusualSetTests)
            .GetMethod(nameof(Items_are_read_and_their_pictures_open))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Select(row => (string)((InlineDataAttribute)row).GetData(null!).Single()[0]);
        Assert.Equal(folders, rows.Append("retrieval_both_quotes").Order(StringComparer.Ordinal));
    }

    private static ChoiceBenchmark Read(string folder, string benchmark) => Fixture.Choice(benchmark, Fixture.Path($"odd/{folder}"));
}
