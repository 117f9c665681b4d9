using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm synth</c>: writes opposite scenes with their captions to a folder, or pictures of single objects.</summary>
internal sealed class SynthCommand
{
    public const string SheetName = "sheet.png";
    private const int SheetSamples = 24;
    private const string AnyBackground = "any";

    private readonly Option<string> _directory = CommonOptions.Out(
        "Where pictures, scenes.jsonl and dataset.json go. A run that was interrupted goes on there."
    );
    private readonly Option<int> _count = new Option<int>("--count", "-n")
    {
        Description = "Samples of each kind in each part; a sample is two opposite pictures.",
        DefaultValueFactory = _ => 500,
    }.AtLeast(1);
    private readonly Option<string[]> _kinds = SceneOptions.Kinds();
    private readonly Option<string[]> _parts = SceneOptions.Parts(
        "Which pairs of objects: train, unseen-pairs, unseen-objects; several separated by commas or spaces.",
        SplitPart.Train
    );
    private readonly Option<int> _imageSize = new Option<int>("--image-size")
    {
        Description = "Side of the pictures in pixels.",
        DefaultValueFactory = _ => 224,
    }.AtLeast(8);
    private readonly Option<string> _format = new("--format")
    {
        Description = "How pictures are stored.",
        DefaultValueFactory = _ => "png",
    };
    private readonly Option<bool> _sheet = new("--sheet")
    {
        Description = $"Also draw {SheetName}: the first samples with their captions, to look at.",
    };
    private readonly Option<bool> _single = new("--single")
    {
        Description =
            $"Draw single objects instead, --count of each: class folders, and {ObjectPictures.CaptionsName} (image, caption, object, "
            + "background), as probe, corrupt, eval zeroshot and clip pretrain take them.",
    };
    private readonly Option<string?> _names = new("--names")
    {
        Description = "With --single: file with the names of the objects, one a line. [default: those that the CLIP knows]",
        HelpName = "FILE",
    };
    private readonly Option<string> _before = new("--before")
    {
        Description =
            "With --single: what objects are drawn before. any: a background of its own for each picture; mixed: two backgrounds, by "
            + "turns; own: the first half of the objects before the one, the others before the other.",
        HelpName = "any|mixed|own",
        DefaultValueFactory = _ => AnyBackground,
    };
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the scenes.");
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _clip = new("--clip")
    {
        Description = "Draw only objects that this CLIP knows. [default: the small CLIP that ships]",
        HelpName = "DIR",
    };
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new SynthCommand().ToCommand();

    private Command ToCommand()
    {
        _format.OneOf("png", "jpeg");
        _before.OneOf(AnyBackground, "mixed", "own");
        Command command = new(
            "synth",
            "Writes opposite scenes with captions: PNG or JPEG, and a list (scenes.jsonl) that 'train' and 'eval scenes' read."
        )
        {
            _directory,
            _count,
            _kinds,
            _parts,
            _imageSize,
            _format,
            _sheet,
            _single,
            _names,
            _before,
            _seed,
            _splitSeed,
            _objects,
            _clip,
            _threads,
        };
        ShardOption.AddTo(command, "the samples");
        command.Validators.Add(result =>
        {
            bool single = result.GetValue(_single);
            if (!single && (result.GetValue(_names) is not null || result.GetResult(_before) is { Implicit: false }))
                result.AddError("--names and --before go with --single.");
            if (
                single
                && Array.Find<Option>([_kinds, _parts, _format, _sheet], own => result.GetResult(own) is { Implicit: false }) is { } own
            )
            {
                result.AddError($"{own.Name} is of opposite scenes, and does not go with --single.");
            }
        });
        return command
            .WithExamples(
                "dcsm synth --out out/scenes --count 1000 --image-size 96 --sheet",
                "dcsm synth --out out/unseen --part unseen-pairs,unseen-objects --kinds color,spatial --format jpeg",
                "dcsm synth --single --out out/objects --count 20 --image-size 96"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_single))
        {
            RunSingle(parse, terminal, cancellationToken);
            return;
        }

        Run(
            parse.GetValue(_directory)!,
            SceneWorld.Open(
                parse.GetValue(_objects),
                parse.GetValue(_clip) ?? ShippedFiles.TryFind(ShippedFiles.ClipName),
                parse.GetValue(_splitSeed)
            ),
            new SceneDatasetOptions
            {
                Kinds = parse.GetKinds(_kinds),
                Parts = parse.GetParts(_parts),
                SamplesPerKind = parse.GetValue(_count),
                Seed = parse.GetValue(_seed),
                ImageSize = parse.GetValue(_imageSize),
                Format = parse.GetValue(_format) == "jpeg" ? PictureFormat.Jpeg : PictureFormat.Png,
                Threads = parse.GetValue(_threads),
            },
            parse.GetValue(_sheet),
            CommandShard.Of(parse),
            terminal,
            cancellationToken
        );
    }

    private void RunSingle(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string directory = parse.GetValue(_directory)!,
            objects = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objects);
        IReadOnlyList<string> names =
            parse.GetValue(_names) is { } file ? KnownObjects.Read(file, all)
            : (parse.GetValue(_clip) ?? ShippedFiles.TryFind(ShippedFiles.ClipName)) is { } clip ? KnownObjects.Of(clip, all)
            : [.. all.Objects.Select(known => known.Name)];
        terminal.ResumeHint = $"what was drawn is in {directory}; the same command goes on from there";
        ProgressView.Track(
            terminal,
            "Drawing objects",
            "pictures",
            progress =>
                ObjectPictures.Write(
                    directory,
                    ObjectLibrary.Load(objects, names),
                    parse.GetValue(_imageSize),
                    new ZeroShotOptions
                    {
                        PicturesPerObject = parse.GetValue(_count),
                        Seed = parse.GetValue(_seed),
                        Backgrounds = Enum.Parse<ObjectBackgrounds>(parse.GetValue(_before)!, ignoreCase: true),
                    },
                    progress,
                    cancellationToken
                )
        );
        int pictures = names.Count * parse.GetValue(_count);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    list = Path.Combine(directory, ObjectPictures.CaptionsName),
                    objects = names.Count,
                    pictures,
                }
            );
        }
        else
        {
            Terminal.Result(
                $"{NumberText.Count(pictures, "picture")} of {NumberText.Count(names.Count)} objects in {directory}, listed in "
                    + $"{ObjectPictures.CaptionsName}."
            );
        }
    }

    private static void Run(
        string directory,
        SceneWorld world,
        SceneDatasetOptions options,
        bool sheet,
        CommandShard? part,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        terminal.ResumeHint = $"what was drawn is in {directory}; the same command goes on from there";
        int samples = options.Parts.Count * options.Kinds.Count * options.SamplesPerKind;
        if (part is not null)
        {
            Draw(part, directory, world, options, samples, terminal, cancellationToken);
            return;
        }

        ProgressView.Track(
            terminal,
            "Drawing scenes",
            "samples",
            progress => SceneDatasetWriter.Write(directory, world.Library, world.Split, options, progress, cancellationToken)
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
                $"{NumberText.Count(samples, "sample")} ({NumberText.Count(2 * samples, "picture")}) in {directory}, listed in "
                    + $"{SceneDatasetWriter.ListName}{(sheetPath is null ? "" : $"; look at {SheetName}")}."
            );
        }
    }

    private static void Draw(
        CommandShard part,
        string directory,
        SceneWorld world,
        SceneDatasetOptions options,
        int samples,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (!part.Begin(samples, new Dictionary<string, string>(), terminal))
            return;
        (int first, int count) = part.Shard.Of(samples);
        string list = Path.Combine(part.Folder, SceneDatasetWriter.ListName);
        ProgressView.Track(
            terminal,
            $"Drawing part {part.Shard} of the scenes",
            "samples",
            progress =>
                SceneDatasetWriter.WritePart(
                    directory,
                    world.Library,
                    world.Split,
                    options,
                    first,
                    count,
                    list,
                    progress,
                    cancellationToken
                )
        );
        part.Finish(terminal, SceneDatasetWriter.ListName);
    }

    /// <summary>Draws the first samples: an even share of each part and kind, in the order of the list.</summary>
    public static void DrawSheet(string path, SceneWorld world, SceneDatasetOptions options)
    {
        var sampler = new SceneSampler(world.Library, world.Split);
        int groups = options.Parts.Count * options.Kinds.Count;
        int each = Math.Clamp(SheetSamples / groups, 1, options.SamplesPerKind);
        (SplitPart, SceneSample)[] samples =
        [
            .. from part in options.Parts
            from kind in options.Kinds
            from index in Enumerable.Range(0, each)
            select (part, sampler.Sample(kind, part, options.Seed, options.FirstIndex + index)),
        ];
        SceneSheetPicture.Write(path, new SceneRenderer(world.Library, options.ImageSize), samples);
    }
}
