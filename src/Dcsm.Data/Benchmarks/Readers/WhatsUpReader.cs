using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>WhatsUp A and B: two objects in four relations; the relation is in the name of the picture.</summary>
internal sealed class WhatsUpReader : BenchmarkReader
{
    /// <summary>The relations as file names have them, up to the next underscore.</summary>
    public required IReadOnlyList<string> Relations { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders) { Renamed = OfficialDcsmName });
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonField item in file.Json().Items())
        {
            JsonField field = item.Field("image_path");
            string name = field.Text();
            IReadOnlyList<string> captions = item.Field("caption_options").Texts(4);
            (string first, string relation, string second) = Parts(name, field.Place);
            string key = $"{first}_{second}";
            if (!seen.TryAdd($"{key} {relation}", item.Place))
            {
                items.Warn(
                    $"{item.Place}: is the second of {first} and {second} in the relation {relation}, after "
                        + $"{seen[$"{key} {relation}"]}; pairs and sets hold one of each"
                );
            }

            if (items.Image(name, field.Place) is { } image)
                items.Add(item.Place, new ChoiceItem(name, image, captions, 0) { Group = relation, SetKey = key });
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    /// <summary>The official DCSM evaluation renames the pictures where they lie.</summary>
    private static string? OfficialDcsmName(string name)
    {
        string renamed = name.Replace("_on_", "_above_", StringComparison.Ordinal).Replace("_under_", "_below_", StringComparison.Ordinal);
        return renamed == name ? null : renamed;
    }

    private (string First, string Relation, string Second) Parts(string name, string place)
    {
        string stem = Path.GetFileNameWithoutExtension(name.Replace('\\', '/').Split('/')[^1]);
        string[] parts = stem.Split('_');
        return parts.Length >= 3 && Relations.Contains(parts[1]) && parts[0].Length > 0 && parts[^1].Length > 0
            ? (parts[0], parts[1], parts[^1])
            : throw new InvalidDataException(
                $"{place}: the name '{name}' holds none of the relations {string.Join(", ", Relations)} between its objects "
                    + $"(object_relation_object), so that pair and set accuracy cannot be formed"
            );
    }
}
