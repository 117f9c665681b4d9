using System.Collections.Concurrent;
using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm classify</c>: which of some labels a picture has, by CLIP alone. Never loads libtorch.</summary>
internal sealed class ClassifyCommand
{
    private const int Batch = 32,
        LabelsShown = 10;

    private readonly Argument<string[]> _images = new("IMAGE") { Description = PictureInput.Description, Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _labels = new("--labels")
    {
        Description = "The labels, separated by commas; further names of a label stand behind |: \"sofa|couch,chair\".",
        HelpName = "LABELS",
    };
    private readonly Option<string?> _labelsFile = new("--labels-file")
    {
        Description = "A file of labels: one a line, further names behind |; or JSON: a list, or an object of names.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _probe = new("--probe")
    {
        Description = "A probe that 'dcsm probe' trained, which has its own labels; instead of labels and templates.",
        HelpName = "DIR",
    };
    private readonly TemplateOptions _templates = new();
    private readonly Option<double?> _temperature = new Option<double?>("--temperature")
    {
        Description =
            "What cosines are multiplied by before the softmax: the higher, the surer. [default: the model's logit scale; 1 for a probe]",
    }.AtLeast(0.0);
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = new("--head")
    {
        Description =
            $"A DCSM head, whose probabilities are shown beside CLIP's. {CommonOptions.MatchingHead}: the head that a BLIP for retrieval "
            + "has for pairs.",
        HelpName = $"DIR|{CommonOptions.MatchingHead}",
    };
    private readonly Option<int?> _top = new Option<int?>("--top")
    {
        Description = $"Only so many of the likeliest labels. [default: {LabelsShown} on the screen, all in files]",
    }.AtLeast(1);
    private readonly Option<bool> _csv = new("--csv") { Description = "Print the result as CSV." };
    private readonly Option<string?> _outFile = new("--out", "-o")
    {
        Description = "Write the result to a file, as its ending says: .json, .csv, or .html for a page with the pictures.",
        HelpName = "FILE",
    };
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _orientation = CommonOptions.Orientation("apply");
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PictureInput _input = new();

    public static Command Create() => new ClassifyCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "classify",
            "Tells which of some labels a picture has, as CLIP does zero-shot: the likeliest first, each with its share among them."
        )
        {
            _images,
            _labels,
            _labelsFile,
            _probe,
        };
        _templates.AddTo(command);
        foreach (Option option in (Option[])[_temperature, _clip, _head, _top, _csv, _outFile, _precision, _orientation, _threads])
        {
            command.Add(option);
        }

        _input.AddPicturesTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_probe) is not null && result.GetValue(_head) is not null)
                result.AddError("--head reads prompts, and a --probe has none.");
            if (result.GetValue(_csv) && result.GetValue(GlobalOptions.Json))
                result.AddError("--csv and --json exclude each other.");
            if (result.GetValue(_temperature) is 0)
                result.AddError("--temperature 0 is too small; it has to be above 0.");
            if (result.GetValue(_outFile) is { } file && Path.GetExtension(file).ToLowerInvariant() is not (".json" or ".csv" or ".html"))
                result.AddError($"--out {file}: the ending must be .json, .csv or .html.");
        });
        return command
            .WithExamples(
                "dcsm classify photo.jpg --labels \"capsule,drug,red,donut\" --template \"a {}\"",
                "dcsm classify photos --recursive --labels-file labels.txt --templates contexts --out labels.csv",
                "dcsm classify photo.jpg --labels \"cat,dog\" --head data/head-small --temperature 10 --out page.html"
            )
            .Runs(Run);
    }

    // Long because each step needs what the one before opened.
    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string?[] given = [parse.GetValue(_labels), parse.GetValue(_labelsFile), parse.GetValue(_probe)];
        if (given.Count(one => one is not null) != 1)
            throw new ArgumentException("the labels are wanted, once: --labels, --labels-file or --probe");
        string? file = parse.GetValue(_outFile);
        string format =
            file is not null ? Path.GetExtension(file)[1..].ToLowerInvariant()
            : parse.GetValue(_csv) ? "csv"
            : terminal.Json ? "json"
            : "text";
        IReadOnlyList<PictureClass> labels = parse.GetValue(_probe) is null ? Labels(parse) : [];
        PromptTemplates templates = _templates.Get(parse);
        IReadOnlyList<string> images = _input.Pictures(parse, parse.GetValue(_images));
        if (images.Count == 0)
            throw new ArgumentException("there is nothing to classify: name pictures");
        string directory = ClipDirectory.Of(parse.GetValue(_clip));
        PictureOptions decoding = _input.Decoding(parse, terminal);
        using var clip = ClipModel.Load(
            directory,
            Compatibility.Clip(
                null,
                terminal,
                parse.GetValue(_threads),
                parse.GetPrecision(_precision),
                parse.GetOrientation(_orientation),
                decoding
            )
        );
        var broken = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        ImageTextMatcher? matcher = IsMatching(parse) ? MatcherProbabilities.Of(clip) : null;
        double scale = parse.GetValue(_temperature) ?? (parse.GetValue(_probe) is null ? clip.LogitScale : 1);
        LabelRanking ranking = parse.GetValue(_probe) is { } probe
            ? new LabelRanking(Probe(probe, clip), scale)
            : Ranking(parse, clip, labels, templates, scale, images.Count, terminal, cancellationToken);
        var source = new ClassificationSource
        {
            Clip = directory,
            Fingerprint = clip.Fingerprint,
            Precision = clip.Precision.Name(),
            Head = parse.GetValue(_head),
            Templates = parse.GetValue(_probe) is null ? templates.Name : null,
            Probe = parse.GetValue(_probe),
            Temperature = scale,
        };
        int shown = parse.GetValue(_top) ?? (format == "text" ? LabelsShown : int.MaxValue);
        IReadOnlyList<ClassifiedImage> kept = ProgressView.Show(
            terminal,
            "Classifying",
            "pictures",
            report =>
            {
                IEnumerable<ClassifiedImage> results = Classify(
                    clip,
                    matcher,
                    ranking,
                    images,
                    _input.SkipsBroken(parse) ? broken : null,
                    shown,
                    report,
                    cancellationToken
                );
                // A page or a screen is written when all is known; all else as it comes.
                if (format is "text" or "html")
                    return [.. results];
                ClassificationWriter.Deliver(
                    results,
                    source,
                    images.Where(broken.ContainsKey).Select(image => broken[image]),
                    format,
                    file,
                    terminal
                );
                return (IReadOnlyList<ClassifiedImage>)[];
            }
        );
        BrokenPictures.Tell(images, broken, terminal);
        if (format == "html")
            ClassificationWriter.WritePage(kept, source, image => RgbImage.Load(image, clip.Pictures), file!);
        if (format == "text")
            ClassificationWriter.Print(kept, source, images.Count > 1);
        else if (file is not null)
            terminal.Remark($"{NumberText.Count(images.Count(image => !broken.ContainsKey(image)), "picture")} in {file}");
    }

    private bool IsMatching(ParseResult parse) => parse.GetValue(_head) is CommonOptions.MatchingHead;

    private IReadOnlyList<PictureClass> Labels(ParseResult parse)
    {
        IReadOnlyList<PictureClass> labels = parse.GetValue(_labelsFile) is { } file
            ? ClassNames.Read(file).Classes
            : ClassNames.Parse(parse.GetValue(_labels)!, "--labels");
        return labels.Count > 1 ? labels : throw new ArgumentException($"'{labels[0].Name}' is the only label; name two at least");
    }

    private static LinearClassifier Probe(string directory, ClipModel clip)
    {
        var probe = LinearClassifier.Load(directory);
        return probe.Fingerprint == new ClipEncoder(clip).Fingerprint
            ? probe
            : throw new InvalidDataException($"{directory}: the probe was trained on another CLIP, {probe.Fingerprint}; --clip names it");
    }

    private LabelRanking Ranking(
        ParseResult parse,
        ClipModel clip,
        IReadOnlyList<PictureClass> labels,
        PromptTemplates templates,
        double scale,
        int images,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var encoder = new ClipEncoder(clip);
        IReadOnlyList<string>[] prompts = [.. labels.Select(templates.Fill)];
        ClassWeights weights = ClassWeights.Encode(encoder, labels, templates, null, cancellationToken).Ensemble;
        var ranking = new LabelRanking(weights, scale, prompts.All(own => own.Count == 1) ? [.. prompts.Select(own => own[0])] : null);
        if (parse.GetValue(_head) is { } head)
        {
            IScorer pairs = IsMatching(parse)
                ? new MatcherScorer(clip)
                : new DcsmHeadScorer(clip, Compatibility.Head(null, head), threads: parse.GetValue(_threads));
            if (pairs.Calibration is null)
                terminal.Remark($"{head}: has no calibration, so its shares are shown, and no probabilities");
            var asked = new PromptScores(pairs, labels, templates);
            foreach (PairCost cost in PairCost.Of((long)images * asked.Count, [pairs]))
                terminal.Remark(cost.ToString());
            ranking.Add(asked);
        }

        return ranking;
    }

    /// <param name="clip">The CLIP.</param>
    /// <param name="matcher">What pictures are encoded by a second time; null for none.</param>
    /// <param name="ranking">What names pictures.</param>
    /// <param name="images">The pictures.</param>
    /// <param name="broken">What is wrong with those that can't be read, to be filled; null where they end the work.</param>
    /// <param name="shown">How many labels are wanted of each.</param>
    /// <param name="report">Told after each picture.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidDataException">A picture can't be read, or none of them.</exception>
    private static IEnumerable<ClassifiedImage> Classify(
        ClipModel clip,
        ImageTextMatcher? matcher,
        LabelRanking ranking,
        IReadOnlyList<string> images,
        ConcurrentDictionary<string, string>? broken,
        int shown,
        ProgressReport report,
        CancellationToken cancellationToken
    )
    {
        int done = 0;
        string[][] batches = [.. images.Chunk(Batch)];
        IEnumerable<IReadOnlyList<ImageSource>> sources = batches.Select(ImageSource.FromFiles);
        Action<ImageSource, Exception>? failed = broken is null ? null : (image, error) => broken[image.Name] = error.Message;
        IEnumerable<ImageEncoding?> read = matcher is null
            ? batches.Select(_ => (ImageEncoding?)null)
            : matcher
                .EncodeImageBatches(sources, failed, cancellationToken)
                .Select(tokens => new ImageEncoding(tokens, new TokenEmbeddings([], tokens.Count, 1, 0)));
        foreach (
            (ImageEncoding encoding, ImageEncoding? pairs, string[] names) in clip.EncodeImageBatches(sources, failed, cancellationToken)
                .Zip(read, batches)
        )
        {
            foreach (ClassifiedImage image in ranking.Rank(names, encoding, pairs, cancellationToken))
            {
                report((double)++done / images.Count, done);
                if (broken?.ContainsKey(image.Image) == true)
                    continue;
                yield return image with
                {
                    Labels = [.. image.Labels.Take(shown)],
                };
            }
        }

        if (broken is not null && images.All(broken.ContainsKey))
            throw new InvalidDataException($"no picture is left to classify, such as {broken.First().Value}");
    }
}
