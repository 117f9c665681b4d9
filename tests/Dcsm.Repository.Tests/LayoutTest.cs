using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dcsm.Repository.Tests;

/// <summary>Folders by purpose and of a size to take in, lines that fit a screen, methods that fit one, too.</summary>
public sealed class LayoutTest
{
    private const int FilesOfAFolder = 25,
        LengthOfALine = 140,
        LinesOfAMethod = 80;
    private const string Reason = "Long because";
    private static readonly string[] Drawers = ["Internals", "Internal", "Common", "Helpers", "Utils", "Utilities", "Misc", "Shared"];

    [Fact]
    public void No_folder_is_a_drawer_for_what_has_no_place()
    {
        string[] drawers =
        [
            .. AllFolders()
                .Where(folder => Drawers.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase))
                .Select(Repository.Relative),
        ];
        Assert.True(drawers.Length == 0, $"folders are called by what is in them, unlike {string.Join(", ", drawers)}");
    }

    [Fact]
    public void No_folder_holds_more_files_than_one_takes_in()
    {
        string[] full =
        [
            .. AllFolders()
                .Select(folder => (Folder: folder, Files: Directory.EnumerateFiles(folder, "*.cs").Count()))
                .Where(folder => folder.Files > FilesOfAFolder)
                .Select(folder => $"{Repository.Relative(folder.Folder)} ({folder.Files})"),
        ];
        Assert.True(full.Length == 0, $"more than {FilesOfAFolder} .cs files in {string.Join(", ", full)}");
    }

    // CSharpier lays lines out, but breaks neither texts nor comments.
    [Fact]
    public void No_line_is_longer_than_the_screen()
    {
        string[] files = [.. Repository.CSharpFiles("src", "tests", "benchmarks")];
        Assert.True(files.Length > 300, $"only {files.Length} files");
        string[] longer =
        [
            .. files.SelectMany(file =>
                File.ReadLines(file)
                    .Select((line, index) => (line.Length, Number: index + 1))
                    .Where(line => line.Length > LengthOfALine)
                    .Select(line => $"{Repository.Relative(file)}:{line.Number} has {line.Length}")
            ),
        ];
        Assert.True(longer.Length == 0, $"{longer.Length} lines of more than {LengthOfALine} characters:\n{string.Join('\n', longer)}");
    }

    [Fact]
    public void No_method_is_longer_than_a_screen_without_saying_why()
    {
        string[] longer = [.. Repository.CSharpFiles("src", "benchmarks").AsParallel().AsOrdered().SelectMany(LongMethods)];
        Assert.True(
            longer.Length == 0,
            $"methods of more than {LinesOfAMethod} lines without a comment '// {Reason} …' above:\n{string.Join('\n', longer)}"
        );
    }

    private static IEnumerable<string> AllFolders() => new[] { "src", "tests", "benchmarks" }.SelectMany(Repository.Folders);

    private static IEnumerable<string> LongMethods(string file)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
        foreach (BaseMethodDeclarationSyntax method in root.DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
        {
            LinePositionSpan span = method.SyntaxTree.GetLineSpan(method.Span).Span;
            int lines = span.End.Line - span.Start.Line + 1;
            if (lines > LinesOfAMethod && !method.GetLeadingTrivia().ToString().Contains(Reason, StringComparison.Ordinal))
                yield return $"{Repository.Relative(file)}:{span.Start.Line + 1} {Name(method)} has {lines}";
        }
    }

    private static string Name(BaseMethodDeclarationSyntax method) =>
        method switch
        {
            MethodDeclarationSyntax named => named.Identifier.Text,
            ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
            _ => method.Kind().ToString(),
        };
}
