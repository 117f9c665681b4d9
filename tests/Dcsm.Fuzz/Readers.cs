using System.Text.Json;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.SentencePiece;
using Dcsm.Data.Scenes.Folders;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Csv;
using Dcsm.IO.Json;
using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;
using Dcsm.Testing;

namespace Dcsm.Fuzz;

/// <summary>Everything that reads files of others.</summary>
public static class Readers
{
    private const long MostPixels = 1 << 20,
        MostValues = 1 << 20;

    public static IReadOnlyList<Reader> All { get; } =
    [
        new(
            "pickle",
            [.. Golden("checkpoints", "openai_vit_tiny.pt", "openclip_vit_tiny.pt", "openclip_vit_tiny.plain_legacy.pt")],
            PyTorch
        ),
        new(
            "safetensors",
            [.. Golden("clip-tiny/a-quickgelu", "model.safetensors"), .. Golden("clip-tiny/c-fp16", "model.safetensors")],
            Safetensors
        ),
        new(
            "json",
            [.. Golden("checkpoints", "openai_vit_tiny.tensors.json"), .. Golden("preprocess", "files.json")],
            path => Walk(JsonField.Load(path))
        ),
        new(
            "json lines",
            [.. Golden("tokenizer", "padded30.jsonl")],
            path =>
            {
                foreach (JsonField line in JsonLines.Read(path))
                    Walk(line);
            }
        ),
        new("table", [.. Own("tables", "pairs.csv")], path => CsvTable.Read(path, ["image", "caption"])),
        new(
            "picture",
            [
                .. Golden(
                    "preprocess/files",
                    "png_1x1.png",
                    "png_3x500.png",
                    "png_palette_trns.png",
                    "png_gray16.png",
                    "gif.gif",
                    "bmp_rgb.bmp"
                ),
                .. Golden(
                    "preprocess/files",
                    "jpeg_progressive.jpg",
                    "jpeg_420.jpg",
                    "jpeg_exif6.jpg",
                    "webp_lossy.webp",
                    "webp_lossless.webp"
                ),
                .. Own("pictures", "tiny.ppm", "tiny.pgm", "tiny.pbm", "tiny.qoi", "tiny.tga", "tiny.tif"),
            ],
            path => RgbImage.Load(path, new PictureOptions { MaxPixels = MostPixels })
        ),
        new(
            "PNG",
            [
                .. Own("pictures", "interlaced.png", "rgb16.png"),
                .. Golden(
                    "preprocess/files",
                    "png_3x500.png",
                    "png_rgba.png",
                    "png_la.png",
                    "png_1bit.png",
                    "png_gray16.png",
                    "png_palette_trns.png"
                ),
            ],
            Png
        ),
        new(
            "CLIP",
            [Folder("clip-tiny/a-quickgelu", "config.json", "model.safetensors", "preprocessor_config.json")],
            path => ClipModel.Load(FolderOf(path)).Dispose()
        ),
        new(
            "shards",
            [
                Folder(
                    "clip-tiny/d-bf16-sharded",
                    "model.safetensors.index.json",
                    "model-00001-of-00002.safetensors",
                    "model-00002-of-00002.safetensors",
                    "config.json",
                    "preprocessor_config.json"
                ),
            ],
            path => ClipModel.Load(FolderOf(path)).Dispose()
        ),
        new(
            "preprocessor",
            [.. Golden("preprocess", "preprocessor_config.json"), .. Golden("clip-tiny/b-gelu", "preprocessor_config.json")],
            path => ClipPreprocessor.Load(FolderOf(path))
        ),
        new(
            "tokenizer",
            [
                Folder("tokenizer", "merges.txt", "vocab.json", "special_tokens_map.json", "tokenizer_config.json"),
                Folder("tokenizer", "special_tokens_map.json", "merges.txt", "vocab.json", "tokenizer_config.json"),
                Folder("tokenizer", "tokenizer_config.json", "merges.txt", "vocab.json", "special_tokens_map.json"),
            ],
            path => ClipTokenizer.Load(FolderOf(path)).Tokenize("a dog left of a cat", 20)
        ),
        new(
            "sentencepiece",
            [.. Golden("tokenizer-rivals", "spiece.model")],
            path => SentencePieceTokenizer.Load(path).Tokenize("a ﬁne dog left of a cat", 20)
        ),
        new("head", [.. Own("head", "dcsm_config.json")], path => DcsmHead.Load(FolderOf(path))),
        new(
            "functional words",
            [new FuzzCase(Repository.Path("functional-rows", "canonical.json"), [])],
            path => FunctionalWordList.Load(path)
        ),
        new(
            "scenes",
            [new FuzzCase(OwnPath("scenes", "scenes.jsonl"), [Repository.Path("tests", "Goldens", "preprocess", "files", "png_1x1.png")])],
            path => SceneDatasetReader.Read(FolderOf(path))
        ),
        new("store", [.. Own("store", "embeddings.json")], path => TokenEmbeddingStore.Open(FolderOf(path)).Dispose()),
    ];

    // With its checksums mended, so that what lies behind them is met, as far as the file goes and as a whole, in rows and at once.
    private static void Png(string path)
    {
        var source = ImageSource.FromBytes(PngSums.Mended(File.ReadAllBytes(path)), path);
        foreach (bool mayEnd in new[] { true, false })
        {
            var options = new PictureOptions { MaxPixels = MostPixels, AllowTruncated = mayEnd };
            new ClipPreprocessor(16).Preprocess(source, new float[3 * 16 * 16], options);
            RgbImage.Load(source, options);
        }
    }

    private static void PyTorch(string path)
    {
        using var file = PyTorchCheckpoint.Open(path);
        foreach (string name in file.Names.Where(name => file.Get(name).ByteLength <= MostValues))
            file.Tensor(name).ReadBytes();
    }

    private static void Safetensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (string name in file.Names.Where(name => file.Get(name).ByteLength <= MostValues))
            file.Bytes(name);
    }

    private static void Walk(JsonField field)
    {
        switch (field.Kind)
        {
            case JsonValueKind.Object:
                foreach (JsonField below in field.Fields())
                    Walk(below);
                break;
            case JsonValueKind.Array:
                foreach (JsonField below in field.List())
                    Walk(below);
                break;
            case JsonValueKind.String:
                field.String();
                break;
            case JsonValueKind.Number:
                field.Number();
                break;
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;

    private static IEnumerable<FuzzCase> Golden(string folder, params string[] names) =>
        names.Select(name => new FuzzCase(Repository.Path(["tests", "Goldens", .. folder.Split('/'), name]), []));

    private static FuzzCase Folder(string folder, string damaged, params string[] beside)
    {
        string[] paths = [.. beside.Prepend(damaged).Select(name => Repository.Path(["tests", "Goldens", .. folder.Split('/'), name]))];
        return new FuzzCase(paths[0], paths[1..]);
    }

    private static IEnumerable<FuzzCase> Own(string folder, params string[] names) =>
        names.Select(name => new FuzzCase(OwnPath(folder, name), []));

    private static string OwnPath(string folder, string name) => Repository.Path("tests", "Dcsm.Fuzz", "Corpus", folder, name);
}
