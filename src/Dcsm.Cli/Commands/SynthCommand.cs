using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm synth</c>: writes opposite scenes with their captions to a folder.</summary>
internal static class SynthCommand
{
    public const string SheetName = "sheet.png";
    private const int SheetSamples = 24;

    public static Command Create()
    {
        Option<string> directory = CommonOptions.Out(
            "Where pictures, scenes.jsonl and dataset.json go. A run that was interrupted goes on there."
        );
        Option<int> count = new Option<int>("--count", "-n")
        {
            Description = "Samples of each kind in each part; a sample is two opposite pictures.",
            DefaultValueFactory = _ => 500,
        }.AtLeast(1);
        Option<SceneKind[]> kinds = SceneOptions.Kinds();
        Option<SplitPart[]> parts = SceneOptions.Parts(
            "Which pairs of objects: train, unseen-pairs, unseen-objects; several separated by commas or spaces.",
            SplitPart.Train
        );
        Option<int> imageSize = new Option<int>("--image-size")
        {
            Description = "Side of the pictures in pixels.",
            DefaultValueFactory = _ => 224,
        }.AtLeast(8);
        Option<string> format = new("--format") { Description = "How pictures are stored.", DefaultValueFactory = _ => "png" };
        format.AcceptOnlyFromAmong("png", "jpeg");
        Option<bool> sheet = new("--sheet") { Description = $"Also draw {SheetName}: the first samples with their captions, to look at." };
        Option<ulong> seed = CommonOptions.Seed("Seed of the scenes.");
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<string?> clip = new("--clip")
        {
            Description = "Draw only objects that this CLIP knows. [default: the small CLIP that ships]",
            HelpName = "DIR",
        };
        Option<int> threads = CommonOptions.Threads();

        Command command = new(
            "synth",
            "Writes opposite scenes with captions: PNG or JPEG, and a list (scenes.jsonl) that 'train' and 'eval scenes' read."
        )
        {
            directory,
            count,
            kinds,
            parts,
            imageSize,
            format,
            sheet,
            seed,
            splitSeed,
            objects,
            clip,
            threads,
        };
        return command
            .WithExamples(
                "dcsm synth --out out/scenes --count 1000 --image-size 96 --sheet",
                "dcsm synth --out out/unseen --part unseen-pairs,unseen-objects --kinds color,spatial --format jpeg"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                    Run(
                        parse.GetValue(directory)!,
                        SceneWorld.Open(
                            parse.GetValue(objects),
                            parse.GetValue(clip) ?? ShippedFiles.TryFind(ShippedFiles.ClipName),
                            parse.GetValue(splitSeed)
                        ),
                        new SceneDatasetOptions
                        {
                            Kinds = parse.GetValue(kinds)!,
                            Parts = parse.GetValue(parts)!,
                            SamplesPerKind = parse.GetValue(count),
                            Seed = parse.GetValue(seed),
                            ImageSize = parse.GetValue(imageSize),
                            Format = parse.GetValue(format) == "jpeg" ? PictureFormat.Jpeg : PictureFormat.Png,
                            Threads = parse.GetValue(threads),
                        },
                        parse.GetValue(sheet),
                        terminal,
                        cancellationToken
                    )
            );
    }

    private static void Run(
        string directory,
        SceneWorld world,
        SceneDatasetOptions options,
        bool sheet,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        terminal.ResumeHint = $"what was drawn is in {directory}; the same command goes on from there";
        int samples = 0;
        ProgressView.Show(
            terminal,
            "Drawing scenes",
            "samples",
            report =>
                SceneDatasetWriter.Write(
                    directory,
                    world.Library,
                    world.Split,
                    options,
                    new DelegateProgress<SceneDatasetProgress>(p =>
                    {
                        samples = p.Total;
                        report((double)p.Done / p.Total, p.Done);
                    }),
                    cancellationToken
                )
        );

        string? sheetPath = sheet ? Path.Combine(directory, SheetName) : null;
        if (sheetPath is not null)
            DrawSheet(sheetPath, world, options);

        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    list = Path.Combine(directory, SceneDatasetWriter.ListName),
                    samples,
                    pictures = 2 * samples,
                    seenObjects = world.Split.SeenObjects.Count,
                    unseenObjects = world.Split.UnseenObjects.Count,
                    sheet = sheetPath,
                }
            );
        }
        else
        {
            Terminal.Result(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{samples} samples ({2 * samples} pictures) are in {directory}, listed in "
                        + $"{SceneDatasetWriter.ListName}{(sheetPath is null ? "" : $"; look at {SheetName}")}."
                )
            );
        }
    }

    /// <summary>Draws the first samples: an even share of each part and kind, in the order of the list.</summary>
    public static void DrawSheet(string path, SceneWorld world, SceneDatasetOptions options)
    {
        var sampler = new SceneSampler(world.Library, world.Split);
        int groups = options.Parts.Count * options.Kinds.Count;
        int each = Math.Clamp(SheetSamples / groups, 1, options.SamplesPerKind);
        SceneSample[] samples =
        [
            .. from part in options.Parts
            from kind in options.Kinds
            from index in Enumerable.Range(0, each)
            select sampler.Sample(kind, part, options.Seed, options.FirstIndex + index),
        ];
        SceneContactSheet.Write(path, new SceneRenderer(world.Library, options.ImageSize), samples);
    }
}
