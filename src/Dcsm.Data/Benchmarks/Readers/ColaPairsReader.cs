using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>COLA, several objects: a list of [address of a picture, its caption, address of another one, its caption].</summary>
internal sealed class ColaPairsReader : BenchmarkReader
{
    /// <summary>Folders in which pictures may lie.</summary>
    public static IReadOnlyList<string> Pictures { get; } = ["vg_gqa_images", "images", "VG_100K", "VG_100K_2", ""];

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new MatchBuilder(new ImageLocator(options, file.Folders) { Folders = Pictures }, MatchTask.Pairs)
        {
            MainFigure = "image_score",
        };
        foreach (JsonField item in file.Json().Items())
        {
            IReadOnlyList<JsonField> parts = item.List();
            if (parts.Count != 4)
                throw item.Expected("[picture, caption, picture, caption]");
            string first = FileName(parts[0]),
                second = FileName(parts[2]);
            items.AddPair(
                $"{first} {second}",
                [(first, parts[0].Place), (second, parts[2].Place)],
                [parts[1].Text(), parts[3].Text()],
                item.Place
            );
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    /// <summary>The name of a picture in the address that it is published at.</summary>
    public static string FileName(JsonField address) => address.Text().Replace('\\', '/').TrimEnd('/').Split('/')[^1];
}
