using System.Text.RegularExpressions;

namespace Dcsm.Repository.Tests;

/// <summary>What the pages name is there, their tables are tables, and the index knows them all.</summary>
public sealed partial class PagesTest
{
    public static TheoryData<string> EveryPage =>
        [
            .. Directory
                .EnumerateFiles(Repository.Root, "*.md")
                .Concat(Directory.EnumerateFiles(Repository.Path("docs"), "*.md"))
                .Select(Repository.Relative)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Files_that_it_names_are_there(string page)
    {
        // What a page of changes names may be gone.
        if (page == "CHANGELOG.md")
            return;
        string[] missing =
        [
            .. Paths()
                .Matches(Text(page))
                .Select(path => path.Groups[1].Value)
                .Where(path => !Path.Exists(Repository.Path(path)))
                .Distinct(),
        ];
        Assert.True(missing.Length == 0, $"{page} names {string.Join(", ", missing)}, which is not there");
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Its_links_lead_somewhere(string page)
    {
        string folder = Path.GetDirectoryName(Repository.Path(page))!;
        string[] dead =
        [
            .. Links().Matches(Text(page)).Select(link => link.Groups[1].Value).Where(path => !Path.Exists(Path.Combine(folder, path))),
        ];
        Assert.True(dead.Length == 0, $"{page} links to {string.Join(", ", dead)}, which is not there");
    }

    [Theory]
    [MemberData(nameof(EveryPage))]
    public void Every_row_of_its_tables_has_as_many_cells_as_the_head(string page)
    {
        string[] lines = File.ReadAllLines(Repository.Path(page));
        int cells = 0;
        bool code = false;
        for (int i = 0; i < lines.Length; i++)
        {
            code ^= lines[i].StartsWith("```", StringComparison.Ordinal);
            if (code || !lines[i].StartsWith('|'))
            {
                cells = 0;
                continue;
            }
            int own = Bars().Count(lines[i]) - 1;
            if (cells == 0)
            {
                cells = own;
                Assert.True(i + 1 < lines.Length && Rule().IsMatch(lines[i + 1]), $"{page}:{i + 1}: a head without a rule below it");
            }
            Assert.True(own == cells && lines[i].EndsWith('|'), $"{page}:{i + 1} has {own} cells, and the head {cells}");
        }
    }

    [Fact]
    public void The_index_has_a_line_for_every_page()
    {
        string index = Text("docs/README.md");
        foreach (string file in Directory.EnumerateFiles(Repository.Path("docs"), "*.md").Select(file => Path.GetFileName(file)))
        {
            if (file != "README.md")
                Assert.Contains($"]({file})", index, StringComparison.Ordinal);
        }
    }

    private static string Text(string page) => File.ReadAllText(Repository.Path(page));

    // A path into a folder of build results is there only once something is built.
    [GeneratedRegex(@"(?<![\w/])((?:data|docs|src|tests|functional-rows|benchmarks)/(?![\w./-]*\bbin\b)[\w./-]*\w)")]
    private static partial Regex Paths();

    [GeneratedRegex(@"\]\(([^)#:\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bars();

    [GeneratedRegex(@"^\|(\s*:?-+:?\s*\|)+$")]
    private static partial Regex Rule();
}
