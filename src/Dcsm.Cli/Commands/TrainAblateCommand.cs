using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Ablation;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train ablate</c>: what each part of the method is worth.</summary>
internal static class TrainAblateCommand
{
    public static Command Create()
    {
        Option<string?> clip = CommonOptions.Clip();
        Option<string> directory = CommonOptions.Out(
            "Where the heads go, a folder for each variant and seed, with result.json. Finished ones are not trained again, and one that was interrupted goes on."
        );
        Option<string> variants = new("--variants")
        {
            Description = "Variants, separated by commas; all, or list to see them. The baseline always comes along.",
            HelpName = "NAMES",
            DefaultValueFactory = _ => "all",
        };
        Option<int> seeds = new Option<int>("--seeds") { Description = "Heads of each variant.", DefaultValueFactory = _ => 2 }.AtLeast(1);
        Option<ulong> seed = CommonOptions.Seed("The first seed of weights, rows and order; the scenes have the same seed for all.");
        Option<int> scenes = new Option<int>("--scenes")
        {
            Description = "Training samples of each kind.",
            DefaultValueFactory = _ => 2000,
        }.AtLeast(1);
        Option<int> steps = new Option<int>("--steps") { Description = "Optimizer steps.", DefaultValueFactory = _ => 500 }.AtLeast(1);
        Option<int> samples = new Option<int>("--samples")
        {
            Description = "Samples of each kind in a step.",
            DefaultValueFactory = _ => 32,
        }.AtLeast(1);
        Option<int> tests = new Option<int>("--test-samples")
        {
            Description = "Samples of each kind and part to judge by.",
            DefaultValueFactory = _ => 2000,
        }.AtLeast(1);
        Option<ulong> testSeed = new Option<ulong>("--test-seed")
        {
            Description = "Seed of the samples to judge by.",
            DefaultValueFactory = _ => EvalScenesCommand.DefaultSeed,
        }.AtLeast(0UL);
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<string?> markdown = new("--markdown")
        {
            Description = "Also write the tables, with the command line that made them, to a Markdown file.",
            HelpName = "FILE",
        };
        Option<int> threads = CommonOptions.Threads();
        Option<string> device = CommonOptions.Device();

        Command command = new(
            "ablate",
            "Trains heads that differ from the baseline in one thing each, on the same scenes, and compares them on unseen pairs and unseen objects."
        )
        {
            clip,
            directory,
            variants,
            seeds,
            seed,
            scenes,
            steps,
            samples,
            tests,
            testSeed,
            splitSeed,
            objects,
            markdown,
            threads,
            device,
        };
        directory.Required = false; // Not for --variants list.
        return command
            .WithExamples(
                "dcsm train ablate --variants list",
                "dcsm train ablate --out out/ablation --markdown out/ablation.md",
                "dcsm train ablate --out out/ablation --variants rows-off,mlp --seeds 5"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    string list = parse.GetValue(variants)!;
                    if (list == "list")
                    {
                        List(terminal);
                        return;
                    }
                    string folder = parse.GetValue(directory) is { Length: > 0 } given
                        ? given
                        : throw new ArgumentException("--out is missing; it names the folder of the heads");
                    IReadOnlyList<HeadVariant> chosen =
                        list == "all"
                            ? HeadVariants.All
                            : HeadVariants.Find(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                    using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(device)!, terminal);
                    string clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                    using var model = ClipModel.Load(
                        clipDirectory,
                        new ClipOptions { Threads = parse.GetValue(threads), Warn = terminal.Warning }
                    );
                    var world = SceneWorld.Open(parse.GetValue(objects), clipDirectory, parse.GetValue(splitSeed));
                    ulong first = parse.GetValue(seed);
                    var source = new SceneTrainingSource(world.Library, world.Split, model.ImageSize, first) { OtherWordings = false };
                    var ablation = new HeadAblation(
                        model,
                        source,
                        parse.GetValue(scenes),
                        new HeadTrainingOptions
                        {
                            Steps = parse.GetValue(steps),
                            SamplesPerStream = parse.GetValue(samples),
                            ValidationSamples = 0,
                        }
                    );
                    terminal.ResumeHint = $"what is done is in {folder}; the same command goes on from it";
                    List<RepeatedScorer> methods =
                    [
                        .. Train(
                            ablation,
                            model,
                            chosen,
                            first,
                            parse.GetValue(seeds),
                            folder,
                            parse.GetValue(threads),
                            terminal,
                            cancellationToken
                        ),
                    ];

                    var set = SceneTestSet.Sample(
                        new SceneSampler(world.Library, world.Split),
                        world.Library,
                        [SplitPart.UnseenPairs, SplitPart.UnseenObjects],
                        parse.GetValue(tests),
                        parse.GetValue(testSeed),
                        Enum.GetValues<SceneKind>()
                    );
                    RepeatedEvaluation result = ProgressView.Show(
                        terminal,
                        "Judging",
                        "samples",
                        report =>
                            RepeatedEvaluation.Run(
                                set,
                                methods,
                                progress: new DelegateProgress<EvaluationProgress>(p => report((double)p.Done / p.Total, p.Done)),
                                cancellationToken: cancellationToken
                            )
                    );
                    TextOutput.Write(Path.Combine(folder, "result.json"), result.ToJson());
                    if (parse.GetValue(markdown) is { } file)
                        TextOutput.Write(file, Markdown(result, parse));
                    if (terminal.Json)
                    {
                        Terminal.Result(result.ToJson().TrimEnd('\n'));
                        return;
                    }
                    TableView.Show(terminal, result.ToTable(SplitPart.UnseenPairs));
                    TableView.Show(terminal, result.ToTable(SplitPart.UnseenObjects));
                }
            );
    }

    private static IEnumerable<RepeatedScorer> Train(
        HeadAblation ablation,
        ClipModel clip,
        IReadOnlyList<HeadVariant> variants,
        ulong first,
        int seeds,
        string folder,
        int threads,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        for (int v = 0; v < variants.Count; v++)
        {
            HeadVariant variant = variants[v];
            var runs = new List<DcsmHeadScorer>();
            for (int i = 0; i < seeds; i++)
            {
                ulong seed = first + (ulong)i;
                string title = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{variant.Name}, seed {seed} ({(v * seeds) + i + 1} of {variants.Count * seeds})"
                );
                string directory = Path.Combine(folder, variant.Name, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
                DcsmHead head = ProgressView.Show(
                    terminal,
                    title,
                    "steps",
                    report =>
                        ablation.Train(
                            variant,
                            seed,
                            directory,
                            new DelegateProgress<HeadTrainingProgress>(p =>
                                report(
                                    p.Fraction,
                                    p.Step,
                                    double.IsFinite(p.Loss)
                                        ? string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.000}")
                                        : string.Create(CultureInfo.InvariantCulture, $"{ablation.Encoded} samples encoded")
                                )
                            ),
                            cancellationToken
                        )
                );
                runs.Add(new DcsmHeadScorer(clip, head, string.Create(CultureInfo.InvariantCulture, $"{variant.Name}/{seed}"), threads));
            }
            yield return new RepeatedScorer(variant.Name, variant.Description, runs[0].Head.Config.ParameterCount, runs);
        }
    }

    private static void List(Terminal terminal)
    {
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                HeadVariants.All.Select(variant => new
                {
                    variant.Name,
                    variant.Group,
                    variant.Description,
                })
            );
        }
        else
        {
            TableView.Show(
                terminal,
                new Table(
                    "Variants",
                    [new("Name"), new("of"), new("what is different")],
                    [.. HeadVariants.All.Select(variant => new TableRow([variant.Name, variant.Group, variant.Description]))],
                    []
                )
            );
        }
    }

    private static string Markdown(RepeatedEvaluation result, ParseResult parse) =>
        $"""
            # Ablations

            What each part of the method is worth: heads that differ from the baseline in one thing each, trained on the same scenes for the same
            number of steps, judged on the same samples.

            ```sh
            {CommandLineText.Of(parse)}
            ```

            {TableRenderer.ToMarkdown(result.ToTable(SplitPart.UnseenObjects))}
            {TableRenderer.ToMarkdown(result.ToTable(SplitPart.UnseenPairs))}
            - CLIP is frozen, so every scene was encoded once, for all heads. Only the published wordings are trained and judged on. No head was chosen by
              validation: each is that of the last step.
            - "training samples": of each kind, two pictures each; the same steps are trained on fewer pictures more often. All are those of `--scenes`.
            - "whole batch" heads are trained on steps of {parse.GetValue<int>(
                "--samples"
            )} samples a kind, each kind standardized together, and judged sample by sample: the two pictures with all
              their captions are the batch.
            - A head that was trained without a stream is judged on its kind all the same.
            - Intervals are over samples and seeds, yet of few seeds: differences smaller than what another seed does are not to be read as such.
            """.ReplaceLineEndings(
            "\n"
        ).TrimEnd('\n') + "\n";
}
