using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>The scores of one benchmark in a scores.json.</summary>
internal static class FixtureScores
{
    /// <summary>What the rows call their items, in their order.</summary>
    public static string[] Items(JsonElement set) =>
        [.. set.GetProperty("rows").EnumerateArray().Select(row => Name(row.GetProperty("item")))];

    /// <summary>[items][options]: by the name of the item where every row has one that only it has, otherwise in their order.</summary>
    public static double[][] Of(ChoiceBenchmark benchmark, JsonElement set)
    {
        string[] names = Items(set);
        double[][] rows = Rows(set);
        ILookup<string, int> byName = Enumerable.Range(0, names.Length).ToLookup(i => names[i], StringComparer.Ordinal);
        int[][] found =
        [
            .. benchmark.Items.Select(item =>
                new[] { item.Id, item.Image.Name, File(item.Image.Name) }
                    .Select(name => byName[name].ToArray())
                    .FirstOrDefault(places => places.Length == 1, [])
            ),
        ];
        bool named =
            found.Length == rows.Length
            && found.All(places => places.Length == 1)
            && found.Select(places => places[0]).Distinct().Count() == rows.Length;
        return named ? [.. found.Select(places => rows[places[0]])] : rows;
    }

    /// <summary>The scores of each row, in their order.</summary>
    public static double[][] Rows(JsonElement set)
    {
        string[] names = Items(set);
        return [.. set.GetProperty("rows").EnumerateArray().Select((row, i) => Numbers(row.GetProperty("scores"), names[i]))];
    }

    /// <summary>[captions][images].</summary>
    public static double[][] Matrix(JsonElement set) =>
        [
            .. set.GetProperty("scores")
                .EnumerateArray()
                .Select((row, t) => Numbers(row, string.Create(CultureInfo.InvariantCulture, $"caption {t}"))),
        ];

    /// <summary>The ready-made options of COCO-order and Flickr30k-order in the order of the rows; null where there are none.</summary>
    public static string[][]? Options(JsonElement set)
    {
        if (!set.TryGetProperty("options", out JsonElement options))
            return null;
        static string[] Texts(JsonElement texts) => [.. texts.EnumerateArray().Select(text => text.GetString()!)];
        return options.ValueKind == JsonValueKind.Array
            ? [.. options.EnumerateArray().Select(Texts)]
            : [.. Items(set).Select(item => Texts(options.GetProperty(item)))];
    }

    public static string File(string name) => name[(name.LastIndexOfAny(['/', '\\']) + 1)..];

    private static string Name(JsonElement item) => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText();

    private static double[] Numbers(JsonElement row, string item) =>
        [
            .. row.EnumerateArray()
                .Select(
                    (score, i) =>
                        LenientJson.Number(score)
                        ?? throw new InvalidDataException(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"item '{item}', option {i}: the score is not a number but {score.GetRawText()}."
                            )
                        )
                ),
        ];
}
