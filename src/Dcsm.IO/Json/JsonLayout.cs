using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dcsm.IO.Json;

/// <summary>How JSON files that people open are laid out.</summary>
public static class JsonLayout
{
    /// <summary>Indented, with the line ends of every system alike, and texts as they are: a file is not a web page.</summary>
    public static JsonWriterOptions Indented { get; } =
        new()
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
}
