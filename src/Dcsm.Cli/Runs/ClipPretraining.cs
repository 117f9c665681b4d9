using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Reporting.Pictures;
using Dcsm.Training.Pretraining;

namespace Dcsm.Cli.Runs;

/// <summary>Pre-trains CLIPs on one kind of data, and leaves beside each how it went.</summary>
internal sealed class ClipPretraining(Terminal terminal, Func<string, ClipPretrainingOptions, ClipPretrainer> open)
{
    /// <summary>The objects that a CLIP learns, of scenes; null for pictures with captions.</summary>
    public IReadOnlyList<string>? Objects { get; init; }

    /// <summary>Opens a run that begins, or goes on.</summary>
    public ClipPretrainer Open(string directory, ClipPretrainingOptions options, bool overwrite)
    {
        Overwriting.CheckRunOfClip(directory, overwrite);
        ClipPretrainer trainer = open(directory, options);
        foreach (string remark in trainer.Remarks)
            terminal.Remark(remark);
        string what = Objects is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.Count} objects, ") : "";
        terminal.Remark(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}{options.ImageSize} × {options.ImageSize} pixels, "
                    + $"{(trainer.Step > 0 ? $"going on from step {trainer.Step}" : "from the start")}"
            )
        );
        return trainer;
    }

    /// <returns>The last report that carries figures, if there was one.</returns>
    public ClipPretrainingProgress? Train(string title, ClipPretrainer trainer, string directory, CancellationToken cancellationToken)
    {
        terminal.ResumeHint = $"a checkpoint is in {directory}; the same command goes on from it";
        ClipPretrainingProgress? last = null;
        try
        {
            ProgressView.Show(
                terminal,
                title,
                "steps",
                report =>
                    trainer
                        .TrainAsync(
                            new DelegateProgress<ClipPretrainingProgress>(p =>
                            {
                                if (((object?)p.Evaluation ?? p.Retrieval) is not null)
                                {
                                    last = p;
                                    terminal.Detail(string.Create(CultureInfo.InvariantCulture, $"step {p.Step}{Words(p)}"));
                                }

                                report(
                                    (double)p.Step / p.Steps,
                                    p.Step,
                                    string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.000} + {p.DenseLoss:0.000}")
                                );
                            }),
                            cancellationToken
                        )
                        .GetAwaiter()
                        .GetResult()
            );
        }
        finally
        {
            IReadOnlyList<LineChart> charts = TrainingCurve.ChartsOfClip(directory);
            if (charts.Count > 0)
                LineChartPicture.Write(Path.Combine(directory, TrainingRuns.PlotFile), charts);
        }

        if (Objects is { } known)
            KnownObjects.Write(directory, known);
        return last;
    }

    /// <summary>Figures in words, to go on a sentence.</summary>
    public string Words(ClipPretrainingProgress report) =>
        report switch
        {
            { Evaluation: { } own } => string.Create(
                CultureInfo.InvariantCulture,
                $": names {own.Named:P1} of single objects among {Objects!.Count}, {own.Colors:P1} of colors"
            ),
            { Retrieval: { } own } => string.Create(
                CultureInfo.InvariantCulture,
                $": finds {own.Captions:P1} of captions and {own.Pictures:P1} of pictures among {own.Choices} held-out ones"
            ),
            _ => "",
        };
}
