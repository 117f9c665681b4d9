using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Clip.Models;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm quickstart</c>: from nothing to a trained head, its figures and a report, in minutes.</summary>
internal sealed class QuickstartCommand
{
    private const string NewHead = "DCSM, just trained";
    private const string ShippedHead = "DCSM, shipped";
    private const int StatementPictures = 120;

    // Kinds that a person sees at a glance; size is in the table.
    private static readonly SceneKind[] SampleKinds = [SceneKind.Color, SceneKind.Spatial, SceneKind.Negation];

    private readonly Option<string> _directory = new("--out", "-o")
    {
        Description = "Where everything goes; what is there of an earlier run is gone on with.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine("out", "quickstart"),
    };
    private readonly Option<double> _minutes = new Option<double>("--minutes")
    {
        Description = "How long the head is trained.",
        DefaultValueFactory = _ => 2,
    }.AtLeast(0.01);
    private readonly Option<int> _samples = new Option<int>("--samples", "-n")
    {
        Description = "Samples of each kind, on unseen pairs and on unseen objects, that are judged.",
        DefaultValueFactory = _ => 250,
    }.AtLeast(1);
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = CommonOptions.Head();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the new head and its scenes.");

    public static Command Create() => new QuickstartCommand().ToCommand();

    private Command ToCommand()
    {
        _head.Description = "The head to compare with. [default: the head that ships]";
        Command command = new(
            "quickstart",
            "Shows the point in minutes: draws scenes, trains a head, judges it on objects it has never seen, writes a report."
        )
        {
            _directory,
            _minutes,
            _samples,
            _clip,
            _head,
            _objects,
            _seed,
        };
        return command.WithExamples("dcsm quickstart", "dcsm quickstart --minutes 10 --out out/longer").Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        string? headDirectory = parse.GetValue(_head) ?? ShippedFiles.TryFind(ShippedFiles.HeadName);
        using var model = ClipModel.Load(clipDirectory);
        DcsmHead? shipped = headDirectory is null ? null : DcsmHead.Load(headDirectory);
        var world = SceneWorld.Open(parse.GetValue(_objects), clipDirectory, SceneWorld.DefaultSplitSeed);
        // Both heads are judged on objects that neither has seen.
        if (shipped is not null && SceneWorld.SplitOf(shipped, world.Library) is { } split)
            world = world with { Split = split };
        new Quickstart(model, shipped, world, parse.GetValue(_directory)!, terminal, cancellationToken).Run(
            TimeSpan.FromMinutes(parse.GetValue(_minutes)),
            parse.GetValue(_samples),
            parse.GetValue(_seed)
        );
    }

    private sealed class Quickstart(
        ClipModel clip,
        DcsmHead? shipped,
        SceneWorld world,
        string directory,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        public void Run(TimeSpan length, int samples, ulong seed)
        {
            terminal.ResumeHint = $"what was done is in {directory}; the same command goes on from there";
            terminal.Remark(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"A CLIP of {clip.ImageTokens} image tokens; scenes of {world.Split.SeenObjects.Count} objects to train on, "
                        + $"{world.Split.UnseenObjects.Count} kept apart"
                )
            );
            DrawScenes();
            DcsmHead trained = Train(length, seed);

            List<IScorer> scorers = [new ClipScorer(clip), new DcsmHeadScorer(clip, trained, NewHead)];
            if (shipped is not null)
                scorers.Add(new DcsmHeadScorer(clip, shipped, ShippedHead));
            var tests = SceneTestSet.Sample(
                new SceneSampler(world.Library, world.Split),
                world.Library,
                [SplitPart.UnseenPairs, SplitPart.UnseenObjects],
                samples,
                EvalScenesCommand.DefaultSeed
            );
            SceneEvaluationResult result = EvalScenesCommand.Evaluate(terminal, "Judging", tests, scorers, cancellationToken);
            var statements = new StatementTestSet(
                new StatementSampler(world.Library, world.Split),
                world.Library,
                [SplitPart.UnseenObjects],
                Math.Min(StatementPictures, samples),
                EvalScenesCommand.DefaultSeed
            );
            StatementEvaluationResult free = EvalStatementsCommand.Evaluate(terminal, statements, scorers, cancellationToken);
            IReadOnlyList<ReportSample> pictures = ScorePictures(scorers);

            string report = Path.Combine(directory, "report.html");
            new SceneReport
            {
                Result = result,
                Statements = free,
                Curve = TrainingCurve.Read(HeadDirectory),
                Samples = pictures,
                Arguments =
                [
                    new(
                        "command",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"dcsm quickstart --minutes {length.TotalMinutes} --samples {samples} --seed {seed}"
                        )
                    ),
                ],
            }.Write(report);
            result.WriteJson(Path.Combine(directory, "results.json"));
            free.WriteJson(Path.Combine(directory, "statements.json"));
            Show(result, free, pictures, report);
        }

        private string HeadDirectory => Path.Combine(directory, "head");

        // Scenes to look at: training draws its own, without end.
        private void DrawScenes() =>
            ProgressView.Track(
                terminal,
                "Drawing scenes",
                "samples",
                progress =>
                {
                    string folder = Path.Combine(directory, "scenes");
                    var options = new SceneDatasetOptions
                    {
                        Parts = [SplitPart.Train, SplitPart.UnseenObjects],
                        SamplesPerKind = 25,
                        ImageSize = clip.ImageSize,
                    };
                    SceneDatasetWriter.Write(folder, world.Library, world.Split, options, progress, cancellationToken);
                    SynthCommand.DrawSheet(Path.Combine(folder, SynthCommand.SheetName), world, options);
                }
            );

        private DcsmHead Train(TimeSpan length, ulong seed)
        {
            HeadTrainingOptions options = HeadTrainingOptions.Statements with
            {
                Steps = TrainCommand.StepsWithoutEnd,
                TimeLimit = length,
                EvaluateEvery = 200,
                ValidationSamples = 30,
                Choose = HeadChoice.Last,
                CheckpointEvery = TimeSpan.FromSeconds(15),
                Seed = seed,
            };
            var source = new StatementTrainingSource(world.Library, world.Split, clip.ImageSize, seed);
            DcsmHead head = HeadTraining.Show(terminal, "Training a head", clip, source, options, HeadDirectory, out _, cancellationToken);
            head.Save(HeadDirectory);
            return head;
        }

        // Through files, as anybody's pictures would come.
        private List<ReportSample> ScorePictures(IReadOnlyList<IScorer> scorers) =>
            ProgressView.Show(
                terminal,
                "Scoring pictures",
                "pictures",
                report =>
                {
                    const int Side = 256;
                    var sampler = new SceneSampler(world.Library, world.Split);
                    var renderer = new SceneRenderer(world.Library, Side);
                    var pictures = new List<ReportSample>();
                    foreach (SceneKind kind in SampleKinds)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        SceneSample sample = sampler.Sample(kind, SplitPart.UnseenObjects, EvalScenesCommand.DefaultSeed, index: 1_000_000);
                        string path = Path.Combine(directory, "pictures", SceneNames.Of(kind) + ".png");
                        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                        PictureFile.WritePng(path, renderer.Render(sample.Image), Side, Side);
                        pictures.Add(
                            ReportSample.FromFile(path, [sample.Captions[0], sample.OppositeCaptions[0]], trueCaption: 0, scorers)
                        );
                        report((double)pictures.Count / SampleKinds.Length, pictures.Count);
                    }

                    return pictures;
                }
            );

        private void Show(SceneEvaluationResult result, StatementEvaluationResult free, IReadOnlyList<ReportSample> pictures, string report)
        {
            if (terminal.Json)
            {
                Terminal.ResultAsJson(
                    new
                    {
                        report,
                        head = HeadDirectory,
                        evaluation = result.Cells.Select(c => new
                        {
                            c.Scorer,
                            c.Part,
                            kind = c.Kind is { } kind ? SceneNames.Of(kind) : "mean",
                            accuracy = c.Accuracy.Value,
                            low = c.Accuracy.Low,
                            high = c.Accuracy.High,
                        }),
                        statements = free.Figures.Select(f => new
                        {
                            f.Scorer,
                            f.Part,
                            wordings = f.Wordings.ToString(),
                            measure = f.Measure.ToString(),
                            kind = f.Kind is { } kind ? SceneNames.Of(kind) : "all",
                            f.Value.Value,
                            f.Value.Low,
                            f.Value.High,
                        }),
                        pictures = pictures.Select(p => new
                        {
                            picture = p.Title,
                            p.Scorers,
                            captions = p.Captions,
                        }),
                    }
                );
                return;
            }

            TableView.Show(terminal, result.ToTable());
            foreach (Table table in free.ToTables())
                TableView.Show(terminal, table);
            TableView.Show(terminal, ToTable(pictures));
            Terminal.Result(SceneReport.Summarize(result));
            Terminal.Result($"The report, with pictures and dense maps: {report}");
        }

        private static Table ToTable(IReadOnlyList<ReportSample> pictures)
        {
            var rows = new List<TableRow>();
            foreach (ReportSample picture in pictures)
            {
                int?[] choices = [.. picture.Scorers.Select((_, s) => picture.Choice(s))];
                for (int c = 0; c < picture.Captions.Count; c++)
                {
                    ReportCaption caption = picture.Captions[c];
                    rows.Add(
                        new TableRow(
                            [
                                c == 0 ? picture.Title + ".png" : "",
                                $"{caption.Text}{(caption.IsTrue == true ? " (true)" : "")}",
                                .. caption.Scores.Select(
                                    (score, s) =>
                                        new TableCell((choices[s] == c ? "* " : "") + NumberText.Score(score), Strong: choices[s] == c)
                                ),
                            ],
                            StartsGroup: c == 0 && rows.Count > 0
                        )
                    );
                }
            }

            return new Table(
                "Pictures of objects that no head has seen; * marks what each would choose",
                [new("Picture"), new("Caption"), .. pictures[0].Scorers.Select(name => new TableColumn(name, AlignRight: true))],
                rows,
                []
            );
        }
    }
}
