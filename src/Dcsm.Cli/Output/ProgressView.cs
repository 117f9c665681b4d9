using System.Globalization;
using Dcsm.IO.Progress;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dcsm.Cli.Output;

/// <summary>Takes the reports of one piece of work.</summary>
/// <param name="fraction">0 to 1.</param>
/// <param name="done">Units done.</param>
/// <param name="note">What else is worth seeing (loss, accuracy).</param>
internal delegate void ProgressReport(double fraction, long done, string? note = null);

/// <summary>
/// Shows the progress of one piece of work on stderr: a bar on a terminal, a line every few seconds elsewhere, nothing with --quiet.
/// </summary>
internal static class ProgressView
{
    // What a line of 80 characters leaves beside pace and note.
    private const int BarWidth = 16;

    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);

    public static T Show<T>(Terminal terminal, string title, string unit, Func<ProgressReport, T> work)
    {
        if (terminal.Quiet)
            return work((_, _, _) => { });
        return terminal.DrawsBars ? ShowBar(terminal, title, unit, work) : ShowLines(terminal, title, unit, work);
    }

    public static void Show(Terminal terminal, string title, string unit, Action<ProgressReport> work) =>
        Show(
            terminal,
            title,
            unit,
            report =>
            {
                work(report);
                return true;
            }
        );

    /// <summary>For work that tells of itself as <see cref="WorkProgress"/>.</summary>
    public static T Track<T>(Terminal terminal, string title, string unit, Func<IProgress<WorkProgress>, T> work) =>
        Show(terminal, title, unit, report => work(new DelegateProgress<WorkProgress>(p => report(p.Fraction, p.Done))));

    public static void Track(Terminal terminal, string title, string unit, Action<IProgress<WorkProgress>> work) =>
        Show(terminal, title, unit, report => work(new DelegateProgress<WorkProgress>(p => report(p.Fraction, p.Done))));

    private static T ShowBar<T>(Terminal terminal, string title, string unit, Func<ProgressReport, T> work)
    {
        var pace = new ProgressPace(unit);
        return terminal
            .Remarks.Progress()
            .AutoRefresh(true)
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new PaceColumn(pace))
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(Terminal.Escape(title)), maxValue: 1);
                T result = work(
                    (fraction, done, note) =>
                    {
                        pace.Report(fraction, done, note);
                        task.Value = pace.Fraction;
                    }
                );
                task.Value = 1;
                return result;
            });
    }

    private static T ShowLines<T>(Terminal terminal, string title, string unit, Func<ProgressReport, T> work)
    {
        var pace = new ProgressPace(unit);
        long start = Environment.TickCount64;
        long next = start + (long)LineEvery.TotalMilliseconds;
        terminal.Remark($"{title} …");
        T result = work(
            (fraction, done, note) =>
            {
                pace.Report(fraction, done, note);
                if (Environment.TickCount64 < Interlocked.Read(ref next))
                    return;
                Interlocked.Exchange(ref next, Environment.TickCount64 + (long)LineEvery.TotalMilliseconds);
                terminal.Remark($"{title}: {pace.Fraction.ToString("0%", CultureInfo.InvariantCulture)}, {pace.Describe()}");
            }
        );
        string took = ProgressPace.Span(TimeSpan.FromMilliseconds(Environment.TickCount64 - start));
        terminal.Remark($"{title}: done in {took}");
        return result;
    }

    private sealed class PaceColumn(ProgressPace pace) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Terminal.Escape(pace.Describe()));
    }
}
