using System.Text.Json;
using Dcsm.Cli.Output;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Shards;

/// <summary>JSON of parts: a line an item, and what a command wrote of itself into the manifest.</summary>
internal static class ShardLines
{
    public static JsonSerializerOptions Options { get; } = new(Terminal.JsonOptions) { WriteIndented = false };

    /// <summary>Writes a file whole or not at all.</summary>
    /// <returns>How many lines it has.</returns>
    public static long Write<T>(string path, IEnumerable<T> items)
    {
        long lines = 0;
        AtomicFile.Write(
            path,
            stream =>
            {
                var buffered = new BufferedStream(stream, 1 << 16);
                foreach (T item in items)
                {
                    JsonSerializer.Serialize(buffered, item, Options);
                    buffered.WriteByte((byte)'\n');
                    lines++;
                }

                buffered.Flush();
            }
        );
        return lines;
    }

    /// <summary>The details of a part, to be read with errors that name their place.</summary>
    public static JsonField Details(string folder, ShardManifest manifest) =>
        JsonField.Parse(
            JsonSerializer.SerializeToUtf8Bytes(manifest.Details, Options),
            $"{Path.Combine(folder, ShardManifest.FileName)}, details"
        );
}
