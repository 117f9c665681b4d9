using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dcsm.IO.Json;

/// <summary>How results are written as JSON, by reflection over their properties.</summary>
[RequiresUnreferencedCode(Reflection)]
[RequiresDynamicCode(Reflection)]
public static class ResultJson
{
    private const string Reflection = "Properties are found by reflection, which trimming takes away.";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file, not a web page
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions OneLine = new(Options) { WriteIndented = false };

    /// <summary>A value as one line of JSON, to stand in a cell of a table.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, OneLine);

    /// <summary>A result as indented JSON: camelCase, NaN and infinities as text, the end of a line behind it.</summary>
    public static string Serialize<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";
}
