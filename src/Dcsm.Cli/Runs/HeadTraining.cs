using System.Globalization;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Training.Heads;

namespace Dcsm.Cli.Runs;

/// <summary>Trains a head and shows how it goes.</summary>
internal static class HeadTraining
{
    /// <param name="opened">Called when the run is open and has something to report; perhaps several times, or never.</param>
    /// <param name="last">The last report; it carries the validation. Null if the run was over already.</param>
    public static DcsmHead Show(
        Terminal terminal,
        string title,
        ClipModel clip,
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        string directory,
        out HeadTrainingProgress? last,
        CancellationToken cancellationToken,
        Action? opened = null
    )
    {
        HeadTrainingProgress? latest = null;
        DcsmHead head = ProgressView.Show(
            terminal,
            title,
            "steps",
            report =>
                HeadTrainer.Train(
                    clip,
                    source,
                    options,
                    directory,
                    new DelegateProgress<HeadTrainingProgress>(p =>
                    {
                        opened?.Invoke();
                        latest = p;
                        report(p.Fraction, p.Step, Describe(p));
                    }),
                    cancellationToken
                )
        );
        last = latest;
        return head;
    }

    private static string Describe(HeadTrainingProgress p) =>
        double.IsFinite(p.Loss)
            ? string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.000}, {p.Accuracy:P1} right")
            : string.Create(CultureInfo.InvariantCulture, $"{p.Encoded} samples encoded");
}
