using System.Text.RegularExpressions;
using Dcsm.Clip.Hub;
using Dcsm.Clip.Models;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Checkpoints;

/// <summary>Which files of a directory a CLIP is read from, and what a directory or file is that none can be read from.</summary>
internal static partial class ModelFolder
{
    public const string WeightsName = "model.safetensors",
        IndexSuffix = ".index.json";

    private static readonly string[] HuggingFace =
    [
        WeightsName,
        WeightsName + IndexSuffix,
        "pytorch_model.bin",
        "pytorch_model.bin" + IndexSuffix,
    ];

    private static readonly string[] OpenClip =
    [
        "open_clip_model.safetensors",
        "open_clip_pytorch_model.safetensors",
        "open_clip_pytorch_model.bin",
    ];

    private static readonly (string Pattern, string What)[] Foreign =
    [
        ("*.h5", "TensorFlow's weights"),
        ("*.msgpack", "Flax's weights"),
        ("*.onnx", "an ONNX export"),
        ("*.gguf", "a GGUF export"),
    ];

    /// <summary>The names that weights may have, best first.</summary>
    /// <param name="isOpenClip">Whether the directory is open_clip's.</param>
    public static IReadOnlyList<string> WeightNames(bool isOpenClip) => isOpenClip ? OpenClip : [.. HuggingFace, .. OpenClip];

    /// <summary>Whether a name is that of a shard that an index is about, beside it.</summary>
    public static bool IsShard(string name, string index) =>
        !name.AsSpan().ContainsAny('/', '\\') && Shard().IsMatch(name) && Shard().Replace(name, ".$1") + IndexSuffix == index;

    /// <summary>Whether there is a file, or a link that was meant to be one.</summary>
    public static bool Has(string path) => File.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether a directory is open_clip's own, and none that transformers reads.</summary>
    public static bool IsOpenClip(string directory) =>
        File.Exists(Path.Combine(directory, OpenClipConfig.FileName))
        && !(ClipConfig.Exists(directory) && (Find(directory, HuggingFace) is not null || Find(directory, OpenClip) is null));

    /// <summary>The file of a directory's weights, or of their shards' index.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message says what is there.</exception>
    public static string Weights(string directory, bool isOpenClip)
    {
        string[] names = isOpenClip ? OpenClip : HuggingFace;
        return Find(directory, names) ?? throw NoClip(directory, $"there are no weights: none of {string.Join(", ", names)}");
    }

    /// <summary>The error of a directory that is not, or not all of, a CLIP's.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="missing">What isn't there.</param>
    public static FileNotFoundException NoClip(string directory, string missing) =>
        new($"{directory}: {missing}.{(Explain(directory) is { } what ? " " + what : "")}", directory);

    /// <summary>Refuses a file that is a part of a CLIP or of another program, by its name.</summary>
    /// <exception cref="InvalidDataException">It is one; the message says which.</exception>
    public static void CheckName(string file)
    {
        string name = Path.GetFileName(file);
        if (Shard().Match(name) is { Success: true } shard)
        {
            string index = Path.Combine(Path.GetDirectoryName(file) ?? "", Shard().Replace(name, ".$1") + IndexSuffix);
            throw new InvalidDataException(
                $"{file}: is one of several shards of a model"
                    + (
                        File.Exists(index)
                            ? $", whose index is {index}; name the folder."
                            : "; name the folder with all of them and their index."
                    )
            );
        }

        if (Array.Find(Foreign, kind => name.EndsWith(kind.Pattern[1..], StringComparison.OrdinalIgnoreCase)) is (not null, var what))
            throw new InvalidDataException($"{file}: is {what}; a CLIP is read from safetensors or PyTorch's files.");
    }

    private static string? Find(string directory, string[] names) =>
        names.Select(name => Path.Combine(directory, name)).FirstOrDefault(Has);

    private static string? Explain(string directory)
    {
        string adapter = Path.Combine(directory, "adapter_config.json");
        if (File.Exists(adapter))
        {
            string baseModel =
                JsonField.LoadFromPython(adapter).Optional("base_model_name_or_path")?.Found ?? "a model that it doesn't name";
            return $"It is an adapter (PEFT, LoRA) of {baseModel} and no model by itself: merge it into that and save the whole.";
        }

        string modules = Path.Combine(directory, "modules.json");
        if (File.Exists(modules))
        {
            string? inner = Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).FirstOrDefault(ClipConfig.Exists);
            return "It is a folder of sentence-transformers" + (inner is null ? "." : $"; its CLIP is {inner}, which can be named itself.");
        }

        string[] files =
        [
            .. Directory
                .EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
                .Order(StringComparer.Ordinal),
        ];
        if (
            files.FirstOrDefault(file =>
                Path.GetExtension(file) is ".safetensors" or ".bin" or ".pt" or ".pth" && !Shard().IsMatch(file)
            ) is
            { } other
        )
        {
            return $"{other} is there and may be named itself.";
        }

        if (files.FirstOrDefault(file => Shard().IsMatch(file)) is { } shard)
        {
            string index = Shard().Replace(Path.GetFileName(shard), ".$1") + IndexSuffix;
            return $"{shard} is one of several shards; {index}, which names them all, belongs beside it.";
        }

        foreach ((string pattern, string what) in Foreign)
        {
            if (files.FirstOrDefault(file => file.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)) is { } foreign)
                return $"{foreign} is {what}, which is not read: save the model as safetensors.";
        }

        return HubClient.ModelOf(directory) is { } model
            ? $"The cache holds only a part of it; 'dcsm clip pull {model}' fetches the rest."
            : null;
    }

    [GeneratedRegex(@"-\d{5}-of-\d{5}\.(bin|safetensors)$")]
    private static partial Regex Shard();
}
