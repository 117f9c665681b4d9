using System.Text.Json;
using Dcsm.IO.Safetensors;

namespace Dcsm.Conformance.Groups;

/// <summary>Reads what goldens are written in.</summary>
internal static class GoldenJson
{
    public static JsonElement Read(params string[] parts)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(parts)));
        return json.RootElement.Clone();
    }

    public static IEnumerable<JsonElement> Lines(params string[] parts)
    {
        foreach (string line in File.ReadLines(Path.Combine(parts)))
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.Clone();
        }
    }

    public static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    /// <summary>An int64 tensor.</summary>
    public static int[] Integers(SafetensorsFile file, string name) =>
        [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(file.Bytes(name)).ToArray().Select(value => checked((int)value))];

    /// <summary>"folder/file" of a path, for a check's name.</summary>
    public static string Name(string path) =>
        Path.Combine(Path.GetFileName(Path.GetDirectoryName(path)!), Path.GetFileName(path)).Replace('\\', '/');
}
