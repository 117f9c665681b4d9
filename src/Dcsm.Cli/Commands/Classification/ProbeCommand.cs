using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Probing;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm probe</c>: a linear classifier on a frozen CLIP's embeddings of pictures.</summary>
internal sealed class ProbeCommand
{
    private const string All = "all",
        Sweep = "sweep";
    private const double UsualC = 0.316;

    private readonly Option<string> _data = new("--data")
    {
        Description = ClassData.Description + " What the probe is trained on.",
        HelpName = "KIND:PATH",
        Required = true,
    };
    private readonly Option<string[]> _tests = new("--test")
    {
        Description =
            "What it is asked of, of the same classes; several, such as shifted ones. [default: a fifth of --data, which is held out]",
        HelpName = "KIND:PATH",
    };
    private readonly Option<string?> _validation = new("--validation")
    {
        Description = "With --c sweep: what C is chosen on. [default: a fifth of what is trained on]",
        HelpName = "KIND:PATH",
    };
    private readonly Option<string> _c = new("--c")
    {
        Description = $"What the cross-entropy is multiplied by, beside ½‖W‖²; {Sweep}: 96 values from 1e-6 to 1e6, coarse to fine.",
        HelpName = $"NUMBER|{Sweep}",
        DefaultValueFactory = _ => UsualC.ToString(CultureInfo.InvariantCulture),
    };
    private readonly Option<string?> _shots = new("--shots")
    {
        Description = $"Also probes of so many pictures of each class, as in 1,2,4,8,16,{All}.",
        HelpName = "LIST",
    };
    private readonly Option<int> _seeds = new Option<int>("--seeds")
    {
        Description = "Draws of the few pictures.",
        DefaultValueFactory = _ => 5,
    }.AtLeast(1);
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of what is held out, and of the draws.");
    private readonly Option<string> _features = new("--features")
    {
        Description = "What it reads: pooled embeddings, the mean of the patches', or both.",
        DefaultValueFactory = _ => "pooled",
        HelpName = "pooled|patches|both",
    };
    private readonly Option<int> _iterations = new Option<int>("--max-iterations")
    {
        Description = "Most steps of L-BFGS.",
        DefaultValueFactory = _ => new LogisticOptions().MaxIterations,
    }.AtLeast(1);
    private readonly ClassData _pictures = new();
    private readonly TemplateOptions _templates = new();
    private readonly ChosenClip _clip = new();
    private readonly Option<string> _out = CommonOptions.Out(
        "Folder of the probe (probe.safetensors, which 'dcsm classify --probe' takes), with results.json, items.csv, table.md and "
            + "report.html. A run that was interrupted goes on there."
    );

    public static Command Create() => new ProbeCommand().ToCommand();

    private Command ToCommand()
    {
        _features.OneOf("pooled", "patches", "both");
        Command command = new(
            "probe",
            "Trains a linear classifier on a frozen CLIP's embeddings: multinomial logistic regression to convergence, by L-BFGS; with few "
                + "pictures of each class, too, and zero-shot beside it."
        );
        foreach (Option option in (Option[])[_data, _tests, _validation, _out, _c, _shots, _seeds, _seed, _features, _iterations])
        {
            command.Add(option);
        }

        _clip.AddTo(command);
        _pictures.AddTo(command);
        _templates.AddTo(command);
        return command
            .WithExamples(
                "dcsm probe --data pictures/train --test pictures/test --out out/probe",
                "dcsm probe --data pictures --c sweep --shots 1,2,4,8,16,all --out out/probe",
                "dcsm classify photo.jpg --probe out/probe"
            )
            .Runs(Run);
    }

    // Long because each step needs what the ones before it made.
    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        double? c = C(parse.GetValue(_c)!);
        IReadOnlyList<int?> shots = Shots(parse.GetValue(_shots));
        string directory = parse.GetValue(_out)!,
            clipDirectory = _clip.Directory(parse);
        PromptTemplates templates = _templates.Get(parse, "plain");
        ClassifiedSet set = _pictures.Read(parse, parse.GetValue(_data)!);
        ClassifiedSet[] testSets = [.. (parse.GetValue(_tests) ?? []).Select(data => _pictures.Read(parse, data))];
        ClassifiedSet? validationSet = parse.GetValue(_validation) is { } named ? _pictures.Read(parse, named) : null;
        foreach (ClassifiedSet other in testSets.Concat(validationSet is null ? [] : [validationSet]))
            CheckClasses(set, other);
        using ClipModel clip = _clip.Open(parse, terminal);
        var encoder = new ClipEncoder(clip);
        PictureFeatures features = Enum.Parse<PictureFeatures>(parse.GetValue(_features)!, ignoreCase: true);
        PictureEmbeddings Encode(ClassifiedSet own, PictureFeatures what) =>
            _pictures.Encode(parse, encoder, own, new PictureEmbeddingOptions { Features = what }, directory, terminal, cancellationToken);
        ulong seed = parse.GetValue(_seed);
        PictureEmbeddings training = Encode(set, features);
        (PictureEmbeddings? heldOut, PictureEmbeddings train) = testSets.Length == 0 ? HoldOut(training, seed) : (null, training);
        PictureEmbeddings[] tests = heldOut is not null ? [heldOut] : [.. testSets.Select(own => Encode(own, features))];
        var work = new ProbeWork(train, set.Classes.Count, parse.GetValue(_iterations), encoder.Fingerprint, features, cancellationToken);
        IReadOnlyList<ProbeTrial> trials = [];
        var watch = Stopwatch.StartNew();
        LogisticFit fit = ProgressView.Show(
            terminal,
            c is null ? "Sweeping C" : "Fitting",
            "steps",
            report =>
            {
                if (c is { } given)
                {
                    return work.Fit(
                        train,
                        given,
                        null,
                        (step, at) => report(0, step, FormattableString.Invariant($"objective {at:0.######}"))
                    );
                }
                (PictureEmbeddings own, PictureEmbeddings rest) = validationSet is null
                    ? HoldOut(train, seed + 1)
                    : (Encode(validationSet, features), train);
                int done = 0;
                (LogisticFit best, IReadOnlyList<(double C, double Accuracy)> tried) = RegularizationSweep.Find(
                    (value, start) =>
                    {
                        report(done / 17.0, ++done, FormattableString.Invariant($"C = {value:0.##e-0}"));
                        return work.Fit(rest, value, start);
                    },
                    found => ClassJudgement.Of(own, work.Classifier(found)).Top1
                );
                trials = [.. tried.Select(trial => new ProbeTrial(trial.C, trial.Accuracy))];
                // All pictures count once C is known.
                return work.Fit(train, best.C, best);
            }
        );
        double seconds = watch.Elapsed.TotalSeconds;
        if (!fit.Converged)
            terminal.Warning($"the fit ended after {fit.Iterations} steps without reaching its tolerance; --max-iterations allows more");
        LinearClassifier probe = work.Classifier(fit);
        ClassWeights zeroShot = ClassWeights.Encode(encoder, set.Classes, templates, null, cancellationToken).Ensemble;
        // Zero-shot compares pooled embeddings, whatever the probe reads.
        PictureEmbeddings[] pooled =
            features == PictureFeatures.Pooled ? tests : [.. tests.Select(own => Encode(own.Set, PictureFeatures.Pooled))];
        var arguments = new Dictionary<string, string>
        {
            ["data"] = parse.GetValue(_data)!,
            ["clip"] = clipDirectory,
            ["c"] = parse.GetValue(_c)!,
            ["features"] = features.ToString().ToLowerInvariant(),
            ["templates of zero-shot"] = templates.Name,
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
        };
        ClassificationResult[] results =
        [
            .. tests.Select((own, i) => ClassificationResult.Of(own, probe, "linear probe", pooled[i], zeroShot, encoder, arguments)),
        ];
        FewShotPoint[] curve = FewShot(work, shots, tests, fit, parse.GetValue(_seeds), seed, terminal);
        var result = new ProbeResult
        {
            Tests = results,
            C = fit.C,
            Objective = fit.Objective,
            Iterations = fit.Iterations,
            Converged = fit.Converged,
            Seconds = seconds,
            TrainingPictures = train.Set.Pictures.Count,
            Trials = trials,
            FewShot = curve,
            ZeroShotEqualsShots = FewShotPoint.ShotsThatEqual(
                [
                    .. curve
                        .Where(point => point.Data == tests[0].Set.Source && point.Shots is not null)
                        .Select(point => (point.Shots!.Value, point.Accuracy)),
                ],
                results[0].Single[0].Top1.Value
            ),
        };
        probe.Save(directory);
        Report(result, directory, _clip.Format(parse), terminal);
    }

    private static FewShotPoint[] FewShot(
        ProbeWork work,
        IReadOnlyList<int?> shots,
        PictureEmbeddings[] tests,
        LogisticFit full,
        int seeds,
        ulong seed,
        Terminal terminal
    )
    {
        int[] labels = ProbeWork.Labels(work.Training);
        int fewest = labels.CountBy(label => label).Min(count => count.Value);
        var points = new List<FewShotPoint>();
        foreach (int? count in shots.Where(count => count is null || count <= fewest))
        {
            LinearClassifier[] probes = count is { } few
                ?
                [
                    .. Enumerable
                        .Range(0, seeds)
                        .Select(draw =>
                            work.Classifier(work.Fit(work.Training.Take(FewShotPoint.Draw(labels, few, seed + (ulong)draw)), full.C, null))
                        ),
                ]
                : [work.Classifier(full)];
            points.AddRange(
                tests.Select(test =>
                    FewShotPoint.Of(test.Set.Source, count, [.. probes.Select(probe => ClassJudgement.Of(test, probe).Top1)])
                )
            );
        }

        if (shots.Any(count => count > fewest))
            terminal.Remark($"a class has {fewest} pictures to train on; more shots of each are left out");
        return [.. points];
    }

    private static void Report(ProbeResult result, string directory, string format, Terminal terminal)
    {
        result.WriteJson(Path.Combine(directory, "results.json"));
        result.Tests[0].WriteItems(Path.Combine(directory, "items.csv"), terminal.CsvRaw);
        Table[] tables = [.. result.ToTables()];
        AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', tables.Select(TableRenderer.ToMarkdown)));
        new ProbeReport { Result = result }.Write(Path.Combine(directory, "report.html"));
        terminal.Remark($"{LinearClassifier.FileName}, results.json, items.csv, table.md and report.html are in {directory}");
        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }

        foreach (Table table in tables)
            TableFormat.Show(terminal, table, format);
        if (result.ZeroShotEqualsShots is { } equal)
            terminal.Remark($"zero-shot equals {NumberText.Fixed(equal, 1)} pictures of each class");
    }

    // A fifth of each class, one picture at least.
    private static (PictureEmbeddings HeldOut, PictureEmbeddings Others) HoldOut(PictureEmbeddings pictures, ulong seed)
    {
        int[] labels = [.. pictures.Set.Pictures.Select(picture => picture.Labels[0])];
        var held = new HashSet<int>();
        foreach (IGrouping<int, int> own in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]))
        {
            int[] places = [.. own];
            if (places.Length < 2)
            {
                throw new InvalidDataException(
                    $"{pictures.Set.Source}: the class '{pictures.Set.Classes[own.Key].Name}' has one picture; holding some out needs two"
                );
            }

            held.UnionWith(
                FewShotPoint.Draw([.. places.Select(_ => 0)], Math.Max(1, places.Length / 5), seed + (ulong)own.Key).Select(i => places[i])
            );
        }

        return (
            pictures.Take([.. Enumerable.Range(0, labels.Length).Where(held.Contains)]),
            pictures.Take([.. Enumerable.Range(0, labels.Length).Where(i => !held.Contains(i))])
        );
    }

    private static void CheckClasses(ClassifiedSet set, ClassifiedSet other)
    {
        if (!set.Classes.Select(own => own.Name).SequenceEqual(other.Classes.Select(own => own.Name)))
        {
            string odd =
                other.Classes.Select(own => own.Name).Except(set.Classes.Select(own => own.Name)).FirstOrDefault()
                ?? set.Classes.Select(own => own.Name).Except(other.Classes.Select(own => own.Name)).FirstOrDefault()
                ?? "the same ones in another order";
            throw new InvalidDataException($"{other.Source}: has other classes than {set.Source}: '{odd}'");
        }
    }

    private static double? C(string text) =>
        text == Sweep ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double c) && c > 0 && double.IsFinite(c) ? c
        : throw new ArgumentException($"--c '{text}': a number above 0, or {Sweep}, is expected");

    private static IReadOnlyList<int?> Shots(string? text) =>
        text is null
            ? []
            :
            [
                .. text.Split(',', StringSplitOptions.TrimEntries)
                    .Select(part =>
                        part == All ? (int?)null
                        : int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count
                        : throw new ArgumentException($"--shots '{text}': '{part}' is neither a number from 1 nor {All}")
                    )
                    .OrderBy(count => count ?? int.MaxValue),
            ];
}
