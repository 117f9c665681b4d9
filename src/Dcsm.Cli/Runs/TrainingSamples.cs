using System.Globalization;
using Dcsm.Cli.Output;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;

namespace Dcsm.Cli.Runs;

/// <summary>Shows samples as training takes them.</summary>
internal static class TrainingSamples
{
    /// <summary>Prints samples, and draws them where that is asked for.</summary>
    public static void Show(Terminal terminal, IHeadTrainingSource source, HeadLoss loss, ulong seed, int count, bool list, string? sheet)
    {
        SampleView[] views = [.. SampleViews.First(source, loss, seed, count)];
        if (sheet is not null)
            SampleSheetPicture.Write(sheet, Cells(views));
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    sheet,
                    samples = views.Select(view => new
                    {
                        stream = view.Stream,
                        sample = view.Group,
                        picture = view.Name,
                        caption = view.Caption,
                        isTrue = view.IsTrue,
                        kind = view.Kind,
                        why = view.Why,
                        boxes = view.Boxes.Select(box => new
                        {
                            name = box.Name,
                            left = box.Box.Left,
                            top = box.Box.Top,
                            width = box.Box.Width,
                            height = box.Box.Height,
                        }),
                    }),
                }
            );
            return;
        }

        if (list)
            TableView.Show(terminal, ToTable(views));
        if (sheet is not null)
            Terminal.Result($"{views.Length} samples are drawn in {sheet}.");
    }

    private static Table ToTable(IEnumerable<SampleView> views) =>
        new(
            "Samples",
            [new TableColumn("picture"), new TableColumn("caption"), new TableColumn(""), new TableColumn("kind"), new TableColumn("why")],
            [
                .. views.Select(view => new TableRow([
                    new TableCell(Name(view)),
                    new TableCell(view.Caption),
                    new TableCell(Word(view.IsTrue)),
                    new TableCell(view.Kind),
                    new TableCell(view.Why ?? ""),
                ])),
            ],
            []
        );

    /// <summary>Captions of one sample and picture stand beneath it together.</summary>
    private static SampleSheetCell[] Cells(IEnumerable<SampleView> views) =>
        [
            .. views
                .GroupBy(view => (view.Stream, view.Group, view.Picture))
                .Select(same => new SampleSheetCell(
                    $"{Name(same.First())} · {same.Key.Stream}",
                    same.Key.Picture,
                    [.. same.SelectMany(view => view.Boxes).Distinct()],
                    [.. same.Select(view => new SampleSheetCaption(view.Caption, view.IsTrue, $"{view.Kind}. {view.Why}"))]
                )),
        ];

    private static string Name(SampleView view) => view.Name ?? string.Create(CultureInfo.InvariantCulture, $"{view.Stream} {view.Group}");

    private static string Word(bool? isTrue) =>
        isTrue switch
        {
            true => "true",
            false => "false",
            null => "neither",
        };
}
