using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Runs;

/// <summary>The options of a run on a published benchmark, and the run itself.</summary>
internal sealed class BenchmarkRun
{
    private const int WarningsShown = 5;
    private readonly Option<string[]> _clips = OpenedScorers.ClipOption();
    private readonly Option<string[]> _heads = OpenedScorers.HeadOption();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string?> _images = new("--images")
    {
        Description = "Where the pictures are, if not with the annotations.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _orderOptions = new("--options")
    {
        Description = "coco-order and flickr-order: the options, ready-made; a JSON list of lists of captions.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _skipMissing = new("--skip-missing", "--allow-missing")
    {
        Description = "Leave items out whose picture is missing or broken, and list them in the result, instead of stopping.",
    };
    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description =
            "Also write results.json, items.csv, table.md, table.tex and report.html to a folder. A run that was interrupted "
            + "goes on there.",
        HelpName = "DIR",
    };
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "Keep the pictures' embeddings there, for this and other runs. [default: 'embeddings' in --out; none without]",
        HelpName = "DIR",
    };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Keep no embeddings." };
    private readonly Option<bool> _published = new("--with-published")
    {
        Description = "Also show what others published, with its source.",
    };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<bool> _details = new("--details")
    {
        Description = "Also show accuracy by group, and differences with p values.",
    };
    private readonly Option<int> _batch = new Option<int>("--batch")
    {
        Description = "Pictures that are encoded together.",
        DefaultValueFactory = _ => 32,
    }.AtLeast(1);
    private readonly Option<string?> _orientation = CommonOptions.Orientation("ignore, as the benchmarks' own programs do");
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly PictureDecoding _decoding = new();

    public void AddTo(Command command)
    {
        foreach (
            Option option in (Option[])
                [
                    _clips,
                    _heads,
                    _compat,
                    _images,
                    _orderOptions,
                    _skipMissing,
                    _out,
                    _cache,
                    _noCache,
                    _published,
                    _format,
                    _details,
                    _batch,
                    _orientation,
                    _threads,
                ]
        )
        {
            command.Add(option);
        }

        _decoding.AddTo(command);
    }

    /// <summary>Whether more than one table is wanted.</summary>
    public bool Details(ParseResult parse) => parse.GetValue(_details);

    public string? Out(ParseResult parse) => parse.GetValue(_out);

    public string Format(ParseResult parse) => parse.GetValue(_format)!;

    public OpenedScorers Open(ParseResult parse, Terminal terminal) =>
        OpenedScorers.Open(
            parse.GetValue(_clips),
            parse.GetValue(_heads),
            Compatibility.Of(parse.GetValue(_compat)),
            parse.GetValue(_threads),
            terminal,
            orientation: Orientation(parse),
            pictures: _decoding.Of(parse, terminal)
        );

    private PictureOrientation Orientation(ParseResult parse) => parse.GetOrientation(_orientation) ?? PictureOrientation.Ignored;

    /// <summary>Scores a part of one benchmark.</summary>
    public void Run(
        CommandShard part,
        IBenchmarkReader reader,
        string root,
        OpenedScorers opened,
        ParseResult parse,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        Benchmark benchmark = Read(reader, root, parse, terminal);
        if (benchmark is MatchBenchmark { Task: MatchTask.Captions })
            throw new ArgumentException($"--shard: {reader.Name} reads captions alone, and is not done in parts");
        int items = benchmark switch
        {
            RetrievalBenchmark retrieval => retrieval.Images.Count,
            MatchBenchmark matches => matches.Items.Sum(item => item.Images.Count),
            _ => ((ChoiceBenchmark)benchmark).Items.Count,
        };
        if (!part.Begin(items, opened.Arguments, terminal))
            return;
        terminal.ResumeHint = $"what was scored is in {part.Folder}; the same command goes on from there";
        BenchmarkRunOptions options = Options(reader, Out(parse), part.Folder, parse) with { Part = part.Shard, Warn = terminal.Warning };
        ProgressView.Track(
            terminal,
            $"{reader.Name}, part {part.Shard}",
            benchmark is ChoiceBenchmark ? "items" : "images",
            progress =>
            {
                if (benchmark is ChoiceBenchmark choice)
                    BenchmarkRunner.Run(choice, opened.Scorers, options, progress, cancellationToken);
                else if (benchmark is MatchBenchmark matches)
                    BenchmarkRunner.Run(matches, opened.Scorers, options, progress, cancellationToken);
                else
                    BenchmarkRunner.Run((RetrievalBenchmark)benchmark, opened.Scorers, options, progress, cancellationToken);
            }
        );
        part.Finish(terminal, CommandShard.ScoreLog);
    }

    /// <summary>Reads, scores and judges one benchmark, and writes what was asked for.</summary>
    public BenchmarkResult Run(
        IBenchmarkReader reader,
        string root,
        string? directory,
        OpenedScorers opened,
        ParseResult parse,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        bool skipMissing = parse.GetValue(_skipMissing);
        Benchmark benchmark = Read(reader, root, parse, terminal);
        IReadOnlyList<IScorer> scorers = Asked(reader, benchmark, opened.Scorers, terminal);
        var foreign = new List<string>();
        BenchmarkRunOptions options = Options(reader, Out(parse), directory, parse) with { Warn = foreign.Add };
        if (directory is not null)
            terminal.ResumeHint = $"what was scored is in {directory}; the same command goes on from there";
        if (options.ScoreLog is { } log && benchmark is RetrievalBenchmark { Captions.Count: var captions, Images.Count: var pictures })
        {
            // Half of the scores at most are kept, 4.2 bytes each, and of the others little: far less where captions come in chunks.
            long megabytes = (long)captions * pictures * scorers.Count * 22 / 10 / 1_000_000;
            terminal.Remark(
                $"{reader.Name}: every caption with every picture is {NumberText.Count((long)captions * pictures, "score")}; so that an "
                    + $"interrupted run goes on, they take at most about {NumberText.Count(megabytes)} MB of {log}"
            );
        }

        foreach (PairCost cost in PairCost.Of(benchmark, scorers))
            terminal.Remark($"{reader.Name}: {cost}");
        var arguments = new Dictionary<string, string>(opened.Arguments)
        {
            ["benchmark"] = reader.Name,
            ["data"] = root,
            ["texts"] = options.TextName,
            ["orientation"] = Orientation(parse).Name(),
        };
        if (parse.GetValue(_images) is { } images)
            arguments["images"] = images;
        if (skipMissing)
            arguments["skipMissing"] = "true";
        if (_decoding.Of(parse, terminal).AllowTruncated)
            arguments["allowTruncated"] = "true";

        BenchmarkResult result = ProgressView.Track<BenchmarkResult>(
            terminal,
            reader.Name,
            benchmark is ChoiceBenchmark ? "items" : "images",
            progress =>
                benchmark switch
                {
                    ChoiceBenchmark choice => new ChoiceBenchmarkResult(
                        BenchmarkRunner.Run(choice, scorers, options, progress, cancellationToken),
                        arguments
                    ),
                    MatchBenchmark matches => new MatchBenchmarkResult(
                        BenchmarkRunner.Run(matches, scorers, options, progress, cancellationToken),
                        arguments
                    ),
                    _ => new RetrievalBenchmarkResult(
                        BenchmarkRunner.Run((RetrievalBenchmark)benchmark, scorers, options, progress, cancellationToken),
                        arguments
                    ),
                }
        );
        foreach (string what in (IEnumerable<string>)[.. foreign, .. result.CutCaptions.Select(cut => cut.ToString())])
            terminal.Warning($"{reader.Name}: {what}");
        if (directory is not null)
        {
            IReadOnlyList<IScorer> shown = result is MatchBenchmarkResult { Images: 0 } ? [] : scorers;
            Write(reader, result, directory, shown, options.Text, parse.GetValue(_published), terminal);
        }

        return result;
    }

    /// <summary>Who is asked: captions are compared with each other by those alone that compare embeddings.</summary>
    private static IReadOnlyList<IScorer> Asked(
        IBenchmarkReader reader,
        Benchmark benchmark,
        IReadOnlyList<IScorer> scorers,
        Terminal terminal
    )
    {
        if (benchmark is not MatchBenchmark { Task: MatchTask.Captions })
            return scorers;
        IScorer[] others = [.. scorers.Where(scorer => scorer is not ClipScorer)];
        if (others.Length > 0)
        {
            terminal.Remark(
                $"{reader.Name}: compares captions with each other, which {string.Join(", ", others.Select(scorer => scorer.Name))} can't"
            );
        }

        return [.. scorers.Except(others)];
    }

    private Benchmark Read(IBenchmarkReader reader, string root, ParseResult parse, Terminal terminal)
    {
        Benchmark benchmark = reader.Read(
            new BenchmarkOptions(root)
            {
                Images = parse.GetValue(_images),
                OrderOptions = parse.GetValue(_orderOptions),
                SkipMissing = parse.GetValue(_skipMissing),
                Measure = PictureDecoders.Measure,
            }
        );
        Warn(reader, benchmark, terminal);
        return benchmark;
    }

    private static void Warn(IBenchmarkReader reader, Benchmark benchmark, Terminal terminal)
    {
        foreach (string warning in benchmark.Warnings.Take(terminal.Verbose ? int.MaxValue : WarningsShown))
            terminal.Warning(warning);
        if (benchmark.Warnings.Count > WarningsShown && !terminal.Verbose)
        {
            terminal.Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reader.Name}: {benchmark.Warnings.Count - WarningsShown} warnings more; --verbose shows them"
                )
            );
        }

        if (benchmark.Missing.Count > 0)
        {
            terminal.Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reader.Name}: {benchmark.Missing.Count} items are left out, for their pictures are missing"
                )
            );
        }
    }

    /// <param name="reader">The benchmark.</param>
    /// <param name="common">The folder of all benchmarks of the run, which share embeddings; null where nothing is kept.</param>
    /// <param name="directory">The folder of this one.</param>
    /// <param name="parse">What was asked for.</param>
    private BenchmarkRunOptions Options(IBenchmarkReader reader, string? common, string? directory, ParseResult parse)
    {
        string? compat = parse.GetValue(_compat);
        string? cache = parse.GetValue(_noCache)
            ? null
            : parse.GetValue(_cache) ?? (common is null ? null : Path.Combine(common, "embeddings"));
        Func<IScorer, string, string>? text = compat is null
            ? null
            : (scorer, caption) =>
                scorer is DcsmHeadScorer ? OfficialTexts.ForDcsm(reader.Name, caption) : OfficialTexts.ForBaselines(reader.Name, caption);
        return new BenchmarkRunOptions
        {
            BatchItems = parse.GetValue(_batch),
            Cache = cache is null ? null : new EmbeddingCache(cache),
            ScoreLog = directory is null ? null : Path.Combine(directory, CommandShard.ScoreLog),
            SkipMissing = parse.GetValue(_skipMissing),
            Text = text,
            TextName = compat ?? "as published",
        };
    }

    /// <summary>Prints a result.</summary>
    public void Show(BenchmarkResult result, ParseResult parse, Terminal terminal)
    {
        string format = Format(parse);
        TableFormat.Show(terminal, result.ToTable(), format);
        if (result.ToCategoryTable() is { } categories)
            TableFormat.Show(terminal, categories, format);
        if (Details(parse))
        {
            if (result.ToGroupTable() is { } groups)
                TableFormat.Show(terminal, groups, format);
            if (result.ToComparisonTable() is { } comparison)
                TableFormat.Show(terminal, comparison, format);
        }

        if (parse.GetValue(_published))
        {
            if (result.ToPublishedTable() is { } published)
                TableFormat.Show(terminal, published, format);
            else
                terminal.Remark($"{result.Name}: no published numbers were found");
        }
    }

    private static void Write(
        IBenchmarkReader reader,
        BenchmarkResult result,
        string directory,
        IReadOnlyList<IScorer> scorers,
        Func<IScorer, string, string>? text,
        bool published,
        Terminal terminal
    )
    {
        Directory.CreateDirectory(directory);
        result.WriteJson(Path.Combine(directory, "results.json"));
        result.WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
        Table?[] tables =
        [
            result.ToTable(),
            result.ToCategoryTable(),
            result.ToGroupTable(all: true),
            result.ToComparisonTable(),
            published ? result.ToPublishedTable() : null,
        ];
        AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', tables.OfType<Table>().Select(TableRenderer.ToMarkdown)));
        AtomicFile.Write(Path.Combine(directory, "table.tex"), string.Join('\n', tables.OfType<Table>().Select(TableRenderer.ToLatex)));
        new BenchmarkReport
        {
            Result = result,
            Title = reader.Title,
            Scorers = scorers,
            Text = text,
            WithPublished = published,
        }.Write(Path.Combine(directory, "report.html"));
        terminal.Remark($"results.json, items.csv, table.md, table.tex and report.html are in {directory}");
    }
}
