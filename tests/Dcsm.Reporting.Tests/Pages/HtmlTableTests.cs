using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Tests.Pages;

public sealed class HtmlTableTests
{
    [Theory]
    [InlineData(2, "few words", false)]
    [InlineData(5, "few words", true)]
    [InlineData(2, "a source of so many words that no narrow screen has room for it", true)]
    public void Rows_of_many_or_long_cells_fold_on_narrow_screens_and_tell_their_columns(int columns, string text, bool folds)
    {
        TableColumn[] heads = [.. Enumerable.Range(0, columns).Select(i => new TableColumn($"<{i}>", AlignRight: i > 0))];
        string html = HtmlTable.Render(new Table("", heads, [new TableRow([.. heads.Select(_ => (TableCell)text)])], []));
        Assert.Equal(folds, html.Contains("<table class=\"fold\">", StringComparison.Ordinal));
        Assert.Equal(folds, html.Contains("<td class=\"n\" data-head=\"&lt;1&gt;\">", StringComparison.Ordinal));
    }
}
