using System.CommandLine;

namespace Dcsm.Cli.Options;

/// <summary>Trained weights that lie where a command is to write some: they are replaced only when that is said.</summary>
internal static class Overwriting
{
    // What a run goes on from.
    private const string Checkpoint = "checkpoint.safetensors",
        Metrics = "metrics.jsonl";

    private static readonly string[] ClipFiles = ["config.json", "model.safetensors", "pytorch_model.bin"];

    /// <summary>The files of a head.</summary>
    public static IReadOnlyList<string> HeadFiles { get; } = ["dcsm_config.json", "dcsm_head.safetensors"];

    public static Option<bool> Option() =>
        new("--overwrite") { Description = "Replace the trained weights that are there, and begin anew." };

    public static void CheckHead(string directory, bool overwrite) => Check(directory, overwrite, "head", HeadFiles);

    public static void CheckClip(string directory, bool overwrite) => Check(directory, overwrite, "CLIP", ClipFiles);

    /// <summary>Lets a run begin or go on in a folder.</summary>
    public static void CheckRunOfHead(string directory, bool overwrite) => CheckRun(directory, overwrite, "head", HeadFiles);

    /// <inheritdoc cref="CheckRunOfHead"/>
    public static void CheckRunOfClip(string directory, bool overwrite) => CheckRun(directory, overwrite, "CLIP", ClipFiles);

    private static void CheckRun(string directory, bool overwrite, string what, IReadOnlyList<string> files)
    {
        // The weights themselves stay until there are new ones.
        foreach (string file in overwrite ? (string[])[Checkpoint, Metrics] : [])
            File.Delete(Path.Combine(directory, file));
        if (!File.Exists(Path.Combine(directory, Checkpoint)))
            Check(directory, overwrite, what, files);
    }

    private static void Check(string directory, bool overwrite, string what, IReadOnlyList<string> files)
    {
        if (!overwrite && files.FirstOrDefault(file => File.Exists(Path.Combine(directory, file))) is { } there)
            throw new IOException($"{directory}: holds a {what} already ({there}); name another folder, or say --overwrite");
    }
}
