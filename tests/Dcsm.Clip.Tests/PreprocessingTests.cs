using System.Security.Cryptography;
using System.Text.Json;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests;

public sealed class PreprocessingTests
{
    [Fact]
    public void Mean_and_deviation_cannot_be_written_to()
    {
        var preprocessor = new ClipPreprocessor(8);
        Assert.Throws<NotSupportedException>(() => ((IList<float>)preprocessor.Mean)[0] = 5);
        Assert.Throws<NotSupportedException>(() => ((IList<float>)preprocessor.Std)[0] = 5);
        Assert.DoesNotContain("hf_secret", new Dcsm.Clip.Hub.HubOptions { Token = "hf_secret" }.ToString(), StringComparison.Ordinal);
    }

    // As Pillow's convert does; transformers 5 lays a tRNS color on white all the same, so the rest of its way is not compared.
    [Fact]
    public void A_tRNS_color_is_dropped_with_alpha()
    {
        using var files = JsonDocument.Parse(File.ReadAllText(Goldens.Path("preprocess", "files.json")));
        JsonElement file = files.RootElement.EnumerateArray().Single(file => file.GetProperty("file").GetString() == "png_rgb_trns.png");
        var image = RgbImage.Load(Goldens.Path("preprocess", "files", "png_rgb_trns.png"), Transparency.Dropped);
        Assert.Equal(file.GetProperty("rgb_sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(image.Pixels)));
    }

    [Theory]
    [InlineData(23, 61)]
    [InlineData(70, 20)]
    [InlineData(50, 40)]
    public void A_window_is_cut_from_the_whole(int width, int height)
    {
        var random = new Random(5);
        byte[] pixels = new byte[50 * 90 * 3];
        random.NextBytes(pixels);
        foreach (ResampleFilter filter in Enum.GetValues<ResampleFilter>())
        {
            byte[] whole = PillowResize.Resize(pixels, 50, 90, 3, width, height, new PixelWindow(0, 0, width, height), filter);
            byte[] window = PillowResize.Resize(pixels, 50, 90, 3, width, height, new PixelWindow(4, 7, 9, 11), filter);
            for (int row = 0; row < 11; row++)
                Assert.Equal(whole.AsSpan((((7 + row) * width) + 4) * 3, 27), window.AsSpan(row * 27, 27));
        }
    }

    [Fact]
    public void A_small_picture_is_cropped_onto_black()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["preprocessor_config.json"], """{"do_resize":false,"crop_size":5}""");
        RgbImage cropped = ClipPreprocessor.Load(folder.Path).Crop(new RgbImage(2, 7, [.. Enumerable.Range(1, 42).Select(i => (byte)i)]));
        // 2 columns in 5: transformers pads ceil(3/2) on the left; 7 rows to 5: from row 1.
        Assert.Equal([0, 0, 0, 0, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0, 0], cropped.Pixels[..15].ToArray());
        Assert.Equal([31, 32, 33, 34, 35, 36], cropped.Pixels[66..72].ToArray());
    }

    [Fact]
    public void An_extremely_long_picture_needs_no_more_than_its_window()
    {
        var preprocessor = new ClipPreprocessor(224);
        Assert.Equal(224, preprocessor.Crop(new RgbImage(1, 2_000_000, new byte[6_000_000])).Height);
    }

    [Theory]
    [InlineData("""{"size":32,"crop_size":32,"resample":3}""")]
    [InlineData("""{"size":{"shortest_edge":32},"crop_size":{"height":32,"width":32}}""")]
    [InlineData("""{"size":{"height":32,"width":32},"do_center_crop":false}""")]
    public void Old_and_new_spellings_of_sizes_are_read(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["preprocessor_config.json"], json);
        var preprocessor = ClipPreprocessor.Load(folder.Path);
        Assert.Equal(32, preprocessor.ImageSize);
        Assert.Equal(32, preprocessor.Crop(new RgbImage(40, 50, new byte[6000])).Width);
        preprocessor.Save(folder.Path);
        Assert.Equal(32, ClipPreprocessor.Load(folder.Path).ImageSize);
    }

    [Fact]
    public void Switches_are_obeyed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["preprocessor_config.json"],
            """{"size":1,"crop_size":1,"do_rescale":false,"image_mean":[1,2,3],"image_std":[1,2,4]}"""
        );
        float[] pixels = new float[3];
        ClipPreprocessor.Load(folder.Path).Normalize([5, 6, 7], pixels);
        Assert.Equal([4, 2, 1], pixels);
        File.WriteAllText(folder["preprocessor_config.json"], """{"size":1,"crop_size":1,"rescale_factor":0.5,"do_normalize":false}""");
        ClipPreprocessor.Load(folder.Path).Normalize([5, 6, 7], pixels);
        Assert.Equal([2.5f, 3, 3.5f], pixels);
    }

    [Theory]
    [InlineData(
        """{"image_processor_type":"Siglip2ImageProcessor"}""",
        "expected \"CLIPImageProcessor\", \"SiglipImageProcessor\" or \"BlipImageProcessor\", found \"Siglip2ImageProcessor\""
    )]
    [InlineData("""{"feature_extractor_type":"ViTFeatureExtractor"}""", "field feature_extractor_type: expected")]
    [InlineData("""{"do_convert_rgb":false}""", "do_convert_rgb is false")]
    [InlineData("""{"rescale_factor":"1/255"}""", "field rescale_factor: expected a number, found \"1/255\"")]
    [InlineData("""{"resample":0}""", "field resample: expected 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming), found 0")]
    [InlineData("""{"resample":"bicubic"}""", "found \"bicubic\"")]
    [InlineData(
        """{"size":{"longest_edge":224}}""",
        "field size: expected a number, {shortest_edge} or {height, width}, found an object with the fields longest_edge"
    )]
    [InlineData("""{"size":-1}""", "field size: expected a positive whole number, found -1")]
    [InlineData("""{"crop_size":{"height":224}}""", "field crop_size: expected a number or {height, width}")]
    [InlineData("""{"crop_size":{"height":224,"width":112}}""", "square")]
    [InlineData("""{"crop_size":100000}""", "refused")]
    [InlineData("""{"do_center_crop":false}""", "no common size")]
    [InlineData("""{"do_resize":"yes"}""", "field do_resize: expected true or false, found \"yes\"")]
    [InlineData("""{"image_mean":[0.5]}""", "field image_mean: expected a list of 3 numbers, found [0.5]")]
    [InlineData("""{"image_std":[0,1,1]}""", "image_std holds a zero")]
    public void Unknown_settings_are_refused(string json, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["preprocessor_config.json"], json);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipPreprocessor.Load(folder.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("preprocessor_config.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unreadable_pictures_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "none.png",
            Assert.Throws<FileNotFoundException>(() => RgbImage.Load(folder["none.png"])).Message,
            StringComparison.Ordinal
        );
        File.WriteAllBytes(folder["empty.png"], []);
        Assert.Contains(
            "empty.png",
            Assert.Throws<InvalidDataException>(() => RgbImage.Load(folder["empty.png"])).Message,
            StringComparison.Ordinal
        );
        foreach (string name in (string[])["png_rgb.png", "jpeg_420.jpg", "webp_lossy.webp", "gif.gif", "bmp_rgb.bmp"])
        {
            byte[] bytes = File.ReadAllBytes(Goldens.Path("preprocess", "files", name));
            File.WriteAllBytes(folder[name], bytes[..(bytes.Length / 2)]);
            Assert.Contains(name, Assert.Throws<InvalidDataException>(() => RgbImage.Load(folder[name])).Message, StringComparison.Ordinal);
        }
    }
}
