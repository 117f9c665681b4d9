using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Maps;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm explain</c>: draws where each word of a caption points in a picture.</summary>
internal sealed class ExplainCommand
{
    private readonly Argument<string> _image = new("IMAGE")
    {
        Description = "A picture: PNG, JPEG, WebP, GIF, BMP, TIFF, TGA, PNM or QOI.",
    };
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
    private readonly Option<string?> _head = new("--head")
    {
        Description =
            "The DCSM head whose rows and score are shown; none for CLIP's own maps. [default: the head that ships, with the CLIP that "
            + "ships; else none]",
        HelpName = "DIR",
    };
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _orientation = CommonOptions.Orientation("apply; ignore with --compat");
    private readonly Option<int> _columns = new Option<int>("--columns")
    {
        Description = "Panels a row.",
        DefaultValueFactory = _ => 6,
    }.AtLeast(2);
    private readonly Option<bool> _ownScales = new("--own-scales")
    {
        Description =
            "Give each word a scale of its own, which shows where it points even when its cosines are low. [default: one for all]",
    };
    private readonly PictureDecoding _decoding = new();
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
            _orientation,
            _columns,
            _ownScales,
            _all,
        };
        _decoding.AddTo(command);
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
            parse.GetValue(_head),
            Compatibility.Of(parse.GetValue(_compat)),
            Compatibility.Clip(
                Compatibility.Of(parse.GetValue(_compat)),
                terminal,
                precision: parse.GetPrecision(_precision),
                orientation: parse.GetOrientation(_orientation),
                pictures: _decoding.Of(parse, terminal)
            ),
            new DenseMapPictureOptions
            {
                Columns = parse.GetValue(_columns),
                OwnScales = parse.GetValue(_ownScales),
                Skip = parse.GetValue(_all) ? [] : DenseMapPicture.Articles,
            },
            terminal
        );
    }

    private static void Run(
        string image,
        IReadOnlyList<string> captions,
        string file,
        string clipDirectory,
        string? headDirectory,
        Compatibility? compatibility,
        ClipOptions clipOptions,
        DenseMapPictureOptions options,
        Terminal terminal
    )
    {
        using var clip = ClipModel.Load(clipDirectory, clipOptions);
        DcsmHead? head =
            headDirectory is CommonOptions.NoHead ? null
            : (headDirectory ?? ShippedFiles.TryFind(ShippedFiles.HeadName)) is { } named ? Compatibility.Head(compatibility, named)
            : null;
        // Maps need no head: of a CLIP for which none is named, CLIP's own are drawn.
        if (headDirectory is null && head?.Config.ClipFingerprint != clip.Fingerprint)
            head = null;
        int textTokens = head?.Config.TextTokens ?? clip.Config.Text.ContextLength;
        WarnOfCuts(clip, head, captions, textTokens, terminal);
        var sample = ReportSample.FromFile(
            image,
            captions,
            trueCaption: null,
            head is null ? [new ClipScorer(clip)] : [new ClipScorer(clip), new DcsmHeadScorer(clip, head)]
        );
        if (head is null)
        {
            ImageEncoding encoded = clip.EncodeImages([ImageSource.FromImage(sample.Picture, image)]);
            TextEncoding texts = clip.EncodeTexts(captions, textTokens);
            sample = sample with { Maps = [.. captions.Select((_, i) => DenseMapExplanation.OfClip(encoded, 0, texts, i))] };
        }

        var files = new List<string>();
        for (int i = 0; i < captions.Count; i++)
        {
            string path = captions.Count == 1 ? file : Numbered(file, i + 1);
            DenseMapPictureOptions its = options with
            {
                Whole = sample.Picture == sample.Seen ? null : sample.Picture,
                Caption = captions[i],
                Note = Scores(sample, i) + (sample.Maps[i].Caption == captions[i] ? "" : $"; read as \"{sample.Maps[i].Caption}\""),
            };
            AtomicFile.Write(path, Rasters.ToPng(DenseMapPicture.Draw(sample.Maps[i], sample.Seen, its)));
            files.Add(path);
        }

        Show(image, captions, sample, files, terminal);
    }

    private static void WarnOfCuts(ClipModel clip, DcsmHead? head, IReadOnlyList<string> captions, int textTokens, Terminal terminal)
    {
        for (int i = 0; i < captions.Count; i++)
        {
            if (clip.Tokenizer.Tokenize(head?.Config.Read(captions[i]) ?? captions[i], textTokens).Truncated)
            {
                terminal.Warning(
                    $"caption {i + 1} is longer than the {textTokens} tokens that {(head is null ? "CLIP" : "the head")} reads (start and "
                        + $"end included) and is cut"
                );
            }
        }
    }

    private static void Show(string image, IReadOnlyList<string> captions, ReportSample sample, List<string> files, Terminal terminal)
    {
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
            Terminal.Result($"{files[i]}: \"{captions[i]}\", {Scores(sample, i)}");
        }
    }

    private static string Scores(ReportSample sample, int caption) =>
        (sample.Maps[caption].Score is { } score ? $"DCSM {NumberText.Score(score)}, " : "")
        + $"CLIP {NumberText.Score(sample.Captions[caption].Scores[0])}";

    private static string Numbered(string file, int number) =>
        Path.Combine(
            Path.GetDirectoryName(file) ?? "",
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(file)}-{number}{Path.GetExtension(file)}")
        );
}
