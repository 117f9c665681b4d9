using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>
/// CREPE: CSV files of a box of a picture, its caption, and Python lists of hard negatives: one a file, or one a kind in columns of their
/// own.
/// </summary>
internal sealed class CrepeReader : PartedReader<ChoiceBuilder>
{
    private static readonly string[] Box = ["x", "y", "width", "height"];

    /// <summary>The columns of hard negatives; the name of their kind goes before the group of the file where it isn't empty.</summary>
    public required IReadOnlyList<(string Column, string Kind)> Negatives { get; init; }

    protected override ChoiceBuilder Begin(ImageLocator images) => new(images);

    protected override void Read(AnnotationPart part, AnnotationFile file, ChoiceBuilder items)
    {
        CsvTable table = file.Table(["image_id", "caption", .. Box, .. Negatives.Select(n => n.Column)]);
        int without = 0;
        foreach (CsvRow row in table.Rows)
        {
            string name = row.Text("image_id").Trim(),
                caption = row.Text("caption");
            double[] box = [.. Box.Select(row.Number)];
            CropBox cut = VisualGenomeReader.Checked(
                new CropBox(box[0], box[1], box[2], box[3]),
                $"{row.Place}, columns {string.Join(", ", Box)}"
            );
            foreach ((string column, string kind) in Negatives)
            {
                IReadOnlyList<string> negatives = PythonList.Parse(row.Text(column), row.PlaceOf(column));
                if (negatives.Count == 0)
                {
                    without++;
                    continue;
                }

                if (items.Image($"{name}.jpg", row.PlaceOf("image_id"), cut) is not { } image)
                    continue;
                string group = kind.Length == 0 ? part.Group : $"{kind}, {part.Group}";
                items.Add(
                    row.Place,
                    new ChoiceItem($"{group} {name}", image, [caption, .. negatives], 0)
                    {
                        Group = group,
                        Category = kind.Length == 0 ? part.Category : kind,
                    }
                );
            }
        }

        if (without > 0)
            items.Warn(FormattableString.Invariant($"{file.Path}: {without} lists of hard negatives are empty; nothing is asked there"));
    }
}
