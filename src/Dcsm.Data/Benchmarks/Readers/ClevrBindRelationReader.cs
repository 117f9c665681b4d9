using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// CLEVRbind relations: JSON of pictures with positives a R b. The published loader makes four distractors of each, b R a,
/// a (opposite of R) b, c R b, a R c, and shuffles the five with a generator that nobody seeds. Here the right one comes
/// first and the distractors follow in that order: the same in every run. Where a = b, which the published loader
/// refuses, c is one of two, drawn with a seed of picture and caption.
/// </summary>
internal sealed class ClevrBindRelationReader : BenchmarkReader
{
    private static readonly string[] Nouns = ["cube", "sphere", "cylinder"];

    private static readonly Dictionary<string, string> Opposites = new(StringComparer.Ordinal)
    {
        ["front"] = "behind",
        ["behind"] = "front",
        ["left"] = "right",
        ["right"] = "left",
    };

    /// <summary>The folder of the pictures, from the root.</summary>
    public required string Pictures { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders) { Folders = [Pictures], Deep = false });
        foreach (JsonField field in file.Json().Fields())
        {
            // A picture's name, with dots in it, is no field to a person.
            var picture = new JsonField(field.Element, $"{file.Path}, image {field.Name}");
            IReadOnlyList<JsonField> positives = picture.Field("pos").List();
            for (int i = 0; i < positives.Count; i++)
            {
                string[] options5 = Options(positives[i], field.Name, out string relation);
                if (items.Image(field.Name, picture.Place) is { } image)
                    items.Add(positives[i].Place, new ChoiceItem($"{field.Name}#{i}", image, options5, 0) { Group = relation });
            }
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static string[] Options(JsonField positive, string picture, out string relation)
    {
        string caption = positive.Text();
        if (
            caption.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not [string subject, string between, string other]
            || !Opposites.TryGetValue(between, out string? opposite)
            || !Nouns.Contains(subject)
            || !Nouns.Contains(other)
        )
        {
            throw new InvalidDataException(
                $"{positive.Place}: '{caption}' is not of the form noun relation noun; nouns are {string.Join(", ", Nouns)}, "
                    + $"relations {string.Join(", ", Opposites.Keys)}"
            );
        }

        relation = between;
        string[] rest = [.. Nouns.Where(noun => noun != subject && noun != other)];
        string third = rest.Length == 1 ? rest[0] : rest[new SceneRandom(StableHash.Of(0, picture, caption)).NextInt(rest.Length)];
        return
        [
            caption,
            $"{other} {between} {subject}",
            $"{subject} {opposite} {other}",
            $"{third} {between} {other}",
            $"{subject} {between} {third}",
        ];
    }
}
