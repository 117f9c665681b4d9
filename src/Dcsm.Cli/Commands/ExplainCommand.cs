using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm explain</c>: draws where each word of a caption points in a picture.</summary>
internal sealed class ExplainCommand
{
    private readonly Argument<string> _image = new("IMAGE") { Description = "A picture: PNG, JPEG, WebP, GIF or BMP." };
    private readonly Option<string[]> _caption = new("--caption", "-c")
    {
        Description = "A caption; with several, each gets a drawing of its own, numbered.",
        HelpName = "TEXT",
        Required = true,
    };
    private readonly Option<string> _outFile = new("--out", "-o")
    {
        Description = "The PNG to draw.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = CommonOptions.Head();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _columns = new Option<int>("--columns")
    {
        Description = "Panels a row.",
        DefaultValueFactory = _ => 6,
    }.AtLeast(2);
    private readonly Option<bool> _all = new("--all-words") { Description = "Draw articles and the like, too." };

    public static Command Create() => new ExplainCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "explain",
            "Draws the dense map of a picture and a caption: for each word, where in the picture its cosine is high."
        )
        {
            _image,
            _caption,
            _outFile,
            _clip,
            _head,
            _compat,
            _precision,
            _columns,
            _all,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_outFile) is { } file && !Path.GetExtension(file).Equals(".png", StringComparison.OrdinalIgnoreCase))
                result.AddError($"--out {file}: the ending must be .png.");
        });
        return command
            .WithExamples(
                "dcsm explain photo.jpg --caption \"a red apple and a blue pear\" --out maps.png",
                "dcsm explain photo.jpg -c \"a dog above a cat\" -c \"a cat above a dog\" --out out/maps.png"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> images = PictureList.Find([parse.GetValue(_image)!], recursive: false, allowMissing: false);
        if (images.Count > 1)
            throw new ArgumentException($"{parse.GetValue(_image)}: is {images.Count} pictures; name one");
        var input = ScoreInput.Grid(images, parse.GetValue(_caption)!, captionsFile: null);
        Run(
            input.Images[0],
            input.Captions,
            parse.GetValue(_outFile)!,
            ClipDirectory.Of(parse.GetValue(_clip)),
            parse.GetValue(_head) ?? ShippedFiles.Head,
            Compatibility.Of(parse.GetValue(_compat)),
            parse.GetPrecision(_precision),
            parse.GetValue(_columns),
            parse.GetValue(_all),
            terminal
        );
    }

    private static void Run(
        string image,
        IReadOnlyList<string> captions,
        string file,
        string clipDirectory,
        string headDirectory,
        Compatibility? compatibility,
        ClipPrecision precision,
        int columns,
        bool allWords,
        Terminal terminal
    )
    {
        DcsmHead head = Compatibility.Head(compatibility, headDirectory);
        using var clip = ClipModel.Load(clipDirectory, Compatibility.Clip(compatibility, terminal, precision: precision));
        for (int i = 0; i < captions.Count; i++)
        {
            if (clip.Tokenizer.Tokenize(head.Config.Read(captions[i]), head.Config.TextTokens).Truncated)
            {
                terminal.Warning(
                    $"caption {i + 1} is longer than the {head.Config.TextTokens} tokens that the head reads (start and end "
                        + $"included) and is cut"
                );
            }
        }

        var sample = ReportSample.FromFile(image, captions, trueCaption: null, [new ClipScorer(clip), new DcsmHeadScorer(clip, head)]);
        var files = new List<string>();
        for (int i = 0; i < captions.Count; i++)
        {
            string path = captions.Count == 1 ? file : Numbered(file, i + 1);
            AtomicFile.Write(path, Rasters.ToPng(DenseMapPicture.Draw(sample.Maps[i], sample.Seen, columns, skip: allWords ? [] : null)));
            files.Add(path);
        }

        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    image,
                    maps = sample.Maps.Select(
                        (map, i) =>
                            new
                            {
                                map.Caption,
                                file = files[i],
                                score = map.Score,
                                cosine = sample.Captions[i].Scores[0],
                                grid = map.GridSide,
                                words = map.Words.Select(word => new
                                {
                                    word.Text,
                                    word.FunctionalWord,
                                    patches = map.Patches(word),
                                }),
                            }
                    ),
                }
            );
            return;
        }

        for (int i = 0; i < captions.Count; i++)
        {
            Terminal.Result(
                $"{files[i]}: \"{captions[i]}\", DCSM {NumberText.Score(sample.Maps[i].Score)}, CLIP "
                    + $"{NumberText.Score(sample.Captions[i].Scores[0])}"
            );
        }
    }

    private static string Numbered(string file, int number) =>
        Path.Combine(
            Path.GetDirectoryName(file) ?? "",
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file)}-{number}{Path.GetExtension(file)}")
        );
}
