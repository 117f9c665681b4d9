using System.Text.RegularExpressions;
using Dcsm.Cli.Output;
using Dcsm.Evaluation.Statistics;
using Spectre.Console;
using Table = Dcsm.Reporting.Tables.Table;
using TableCell = Dcsm.Reporting.Tables.TableCell;
using TableColumn = Dcsm.Reporting.Tables.TableColumn;
using TableRow = Dcsm.Reporting.Tables.TableRow;

namespace Dcsm.Cli.Tests;

public partial class TableLayoutTest
{
    private static readonly string[] Kinds = ["color", "size", "spatial", "negation", "mean"];

    [Theory]
    [InlineData(200)]
    [InlineData(100)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    [InlineData(30)]
    public void No_number_is_broken_and_no_line_is_too_long(int screen)
    {
        Table table = Accuracies("scenes of two objects that were never trained on", 12_345_678);
        string drawn = Draw(table, screen);
        Assert.All(drawn.Split('\n'), line => Assert.True(line.Length <= screen, line));
        for (int row = 0; row < 2; row++)
        {
            for (int kind = 0; kind < Kinds.Length; kind++)
                Assert.Contains($" {Share(row, kind)} ", drawn, StringComparison.Ordinal);
        }
        Assert.Equal(2, Regex.Count(drawn, " 12\u202F345\u202F678 "));
        Assert.All(Kinds, kind => Assert.Contains(kind, drawn, StringComparison.Ordinal));
    }

    [Fact]
    public void Intervals_go_first_and_it_is_said()
    {
        Table table = Accuracies("unseen", 7);
        string wide = Draw(table, 140),
            narrow = Draw(table, 80);
        Assert.Contains("(10.0–90.0)", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("more than", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0–90.0", narrow, StringComparison.Ordinal);
        Assert.Contains("a screen of more than 80", OneLine(narrow), StringComparison.Ordinal);
        Assert.Single(TableLayout.Fit(table, 80));
    }

    [Fact]
    public void A_little_of_the_text_wraps_before_intervals_go()
    {
        Table table = Accuracies("scenes of two objects that were never trained on", 7);
        TableLayout whole = Assert.Single(TableLayout.Fit(table, 500)),
            wrapped = Assert.Single(TableLayout.Fit(table, whole.Widths.Sum() + (3 * whole.Widths.Count) + 1 - 20));
        Assert.True(wrapped.Widths[0] < whole.Widths[0]);
        Assert.Equal(table, wrapped.Table with { Columns = table.Columns, Rows = table.Rows, Notes = table.Notes });
        Assert.All(wrapped.Table.Rows, row => Assert.Equal("10.0–90.0", row.Cells[^1].Detail));
    }

    [Fact]
    public void Columns_go_on_below_with_what_names_the_row()
    {
        Table table = Accuracies("unseen", 7);
        IReadOnlyList<TableLayout> layouts = TableLayout.Fit(table, 44);
        Assert.True(layouts.Count > 1);
        Assert.All(layouts, layout => Assert.Equal(["Objects", "Scorer"], layout.Table.Columns.Take(2).Select(c => c.Header)));
        Assert.Equal(
            table.Columns.Skip(2).Select(c => c.Header),
            layouts.SelectMany(layout => layout.Table.Columns.Skip(2).Select(c => c.Header))
        );
        Assert.Equal(table.Title, layouts[0].Table.Title);
        Assert.All(layouts.Skip(1), layout => Assert.Equal("", layout.Table.Title));
        Assert.All(layouts.SkipLast(1), layout => Assert.Empty(layout.Table.Notes));
    }

    [Fact]
    public void Text_wraps_and_columns_without_numbers_stay_together()
    {
        const string Caption = "a very long caption of a photograph in which many things stand beside, above and below each other";
        Table table = new("", [new("Picture"), new("Caption")], [new TableRow(["photo.jpg", Caption])], []);
        TableLayout layout = Assert.Single(TableLayout.Fit(table, 40));
        string drawn = Draw(table, 40);
        Assert.All(drawn.Split('\n'), line => Assert.True(line.Length <= 40, line));
        Assert.Contains("photo.jpg", drawn, StringComparison.Ordinal);
        Assert.Equal(33, layout.Widths.Sum());
    }

    [Fact]
    public void Characters_that_control_a_terminal_are_shown_and_not_obeyed()
    {
        Table table = new("", [new("a\u001b[2J")], [new TableRow(["x\u001b]0;title\u0007\r\ny\u202Ez\u009b31m"])], ["n\u0008"]);
        string drawn = Draw(table, 80);
        Assert.DoesNotContain(drawn, c => c != '\n' && (char.IsControl(c) || c == '\u202E'));
        Assert.Contains(@"x\u001b]0;title\u0007 y\u202ez\u009b31m", drawn, StringComparison.Ordinal);
    }

    private static double Share(int row, int kind) => 90.1 + row + kind;

    private static Table Accuracies(string objects, long parameters) =>
        new(
            "Right caption of two, percent",
            [
                new("Objects"),
                new("Scorer"),
                new("numbers trained", AlignRight: true),
                .. Kinds.Select(kind => new TableColumn(kind, AlignRight: true)),
            ],
            [
                .. Enumerable
                    .Range(0, 2)
                    .Select(row => new TableRow([
                        objects,
                        row == 0 ? "CLIP" : "DCSM",
                        TableCell.Count(parameters),
                        .. Kinds.Select((_, kind) => TableCell.Percent(new Estimate(Share(row, kind) / 100, 0.1, 0.9))),
                    ])),
            ],
            ["Chance 50. In brackets: 95 % intervals."]
        );

    private static string Draw(Table table, int screen)
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = screen;
        console.Profile.Capabilities.Unicode = true;
        TableView.Draw(console, table);
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static string OneLine(string text) => Spaces().Replace(text, " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
