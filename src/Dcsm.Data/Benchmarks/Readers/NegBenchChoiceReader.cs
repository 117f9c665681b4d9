using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>Multiple choice of NegBench: CSV of four captions, the place of the right one and the type of the question.</summary>
internal sealed class NegBenchChoiceReader : BenchmarkReader
{
    private static readonly string[] Types = ["positive", "negative", "hybrid"];
    private static readonly string[] Captions = ["caption_0", "caption_1", "caption_2", "caption_3"];

    /// <summary>The types of all four places, where they are the same in every row (synthetic); else those of places 1 to 3.</summary>
    public required IReadOnlyList<string> PlaceTypes { get; init; }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        CsvTable table = file.Table(["correct_answer", .. Captions, "correct_answer_template", "image_path"]);
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders));
        foreach (CsvRow row in table.Rows)
        {
            int right = row.Index("correct_answer", Captions.Length);
            string[] captions = [.. Captions.Select(row.Text)];
            string type = row["correct_answer_template"].Trim();
            if (!Types.Contains(type))
                throw new InvalidDataException($"{row.PlaceOf("correct_answer_template")}: '{type}' is none of {string.Join(", ", Types)}");
            string name = row.Text("image_path");
            if (items.Image(name, row.PlaceOf("image_path")) is { } image)
            {
                items.Add(
                    row.Place,
                    new ChoiceItem(name, image, captions, right) { Group = type, OptionTypes = OptionTypes(items, row, right, type) }
                );
            }
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private IReadOnlyList<string> OptionTypes(ChoiceBuilder items, CsvRow row, int right, string type)
    {
        if (PlaceTypes.Count == Captions.Length)
        {
            if (PlaceTypes[right] != type)
            {
                items.Warn(
                    $"{row.PlaceOf("correct_answer_template")}: '{type}', but the right caption stands at place {right}, that "
                        + $"of {PlaceTypes[right]} ones"
                );
            }

            return PlaceTypes;
        }

        if (right == 0)
            return [type, .. PlaceTypes];
        items.Warn(
            $"{row.PlaceOf("correct_answer")}: {right}, though the right caption of this file stands at place 0; the types of "
                + $"its captions are not known"
        );
        return [];
    }
}
