using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>A user's own items as JSON lines; the fields are those of <see cref="BenchmarkCatalog"/>.</summary>
internal sealed class OwnJsonLinesReader : BenchmarkReader
{
    public override bool IsPresent(string root) => File.Exists(root) && root.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    public override Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return File.Exists(options.Root)
            ? base.Read(options)
            : throw new FileNotFoundException(
                $"{options.Root}: there is no such file; the root of '{Name}' is the file itself",
                options.Root
            );
    }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders));
        ReadOnlyMemory<byte> rest = file.Bytes;
        for (int number = 1; !rest.IsEmpty; number++)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!line.Span.Trim(" \t\r"u8).IsEmpty)
                ReadLine(line, $"{file.Path}, line {number}", items);
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static void ReadLine(ReadOnlyMemory<byte> line, string place, ChoiceBuilder items)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{place}, column {(e.BytePositionInLine ?? 0) + 1}: not JSON, or cut off "
                    + $"({e.Message.Split(" LineNumber:")[0].TrimEnd('.')})",
                e
            );
        }

        using (document)
        {
            var item = new JsonField(document.RootElement, place);
            JsonField name = item.Field("image");
            JsonField list = item.Field("options");
            IReadOnlyList<string> texts = list.Texts();
            if (texts.Count < 2)
                throw new InvalidDataException($"{list.Place}: expected 2 texts or more, found {texts.Count}");
            int right = item.Has("right") ? Right(item.Field("right"), texts.Count) : 0;
            string group =
                item.Has("group") && item.Field("group").Element.ValueKind != JsonValueKind.Null ? item.Field("group").Text() : "";
            if (items.Image(name.Text(), name.Place) is { } image)
                items.Add(place, new ChoiceItem(name.Text(), image, texts, right) { Group = group });
        }
    }

    private static int Right(JsonField field, int count) =>
        field.Element.ValueKind == JsonValueKind.Number && field.Element.TryGetInt32(out int right) && (uint)right < (uint)count
            ? right
            : throw new InvalidDataException($"{field.Place}: 0 to {count - 1} expected, found {field.Found}");
}
