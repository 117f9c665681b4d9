using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>Winoground: JSON lines of two pictures, named without their ending, and two captions.</summary>
internal sealed class WinogroundReader : BenchmarkReader
{
    /// <summary>Folders in which pictures may lie.</summary>
    private static readonly string[] Pictures = ["images", ""];

    private static readonly string[] Images = ["image_0", "image_1"];
    private static readonly string[] Captions = ["caption_0", "caption_1"];

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        var items = new MatchBuilder(new ImageLocator(options, file.Folders) { Folders = Pictures }, MatchTask.Pairs);
        foreach (JsonField item in JsonLines.Read(file.Path))
        {
            items.AddPair(
                item.Optional("id")?.Key() ?? item.Field(Images[0]).Text(),
                [.. Images.Select(item.Field).Select(name => (WithEnding(name.Text()), name.Place))],
                [.. Captions.Select(caption => item.Field(caption).Text())],
                item.Place,
                item.Optional("collapsed_tag")?.String() ?? ""
            );
        }

        return items.Build(Name, [file.Path], file.Path);
    }

    private static string WithEnding(string name) => Path.HasExtension(name) ? name : $"{name}.png";
}
