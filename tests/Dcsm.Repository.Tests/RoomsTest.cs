using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dcsm.Repository.Tests;

/// <summary>Each room knows only the rooms that the table of docs/architecture.md allows, and none reaches into another.</summary>
public sealed partial class RoomsTest
{
    private const string Page = "docs/architecture.md";

    private static readonly string[] Rooms =
    [
        .. Directory.EnumerateDirectories(Repository.Path("src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal),
    ];

    public static TheoryData<string> EveryRoom => [.. Rooms];

    [Fact]
    public void Every_room_has_its_row_in_the_table_and_every_row_its_room() =>
        Assert.Equal(Rooms, Arrows().Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(EveryRoom))]
    public void A_room_knows_only_those_behind_its_arrow(string room)
    {
        HashSet<string> allowed = Behind(room, Arrows());
        string[] strangers =
        [
            .. Items(room, "ProjectReference").Select(Path.GetFileNameWithoutExtension).Where(known => !allowed.Contains(known!))!,
        ];
        Assert.True(
            strangers.Length == 0,
            $"{room} refers to {string.Join(", ", strangers)}, but {Page} lets it know only "
                + $"{(allowed.Count > 0 ? string.Join(", ", allowed.Order(StringComparer.Ordinal)) : "itself")}"
        );
    }

    [Theory]
    [MemberData(nameof(EveryRoom))]
    public void A_room_shows_its_internals_to_its_own_tests_and_to_the_benchmarks_only(string room)
    {
        IEnumerable<string> inCode = Repository
            .CSharpFiles($"src/{room}")
            .SelectMany(file => FriendAttributes().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value);
        string[] friends =
        [
            .. Items(room, "InternalsVisibleTo").Concat(inCode).Where(friend => friend != $"{room}.Tests" && friend != "Dcsm.Benchmarks"),
        ];
        Assert.True(
            friends.Length == 0,
            $"{room} shows its internals to {string.Join(", ", friends)}; only {room}.Tests and Dcsm.Benchmarks may see them"
        );
    }

    [Theory]
    [MemberData(nameof(EveryRoom))]
    public void Libtorch_lives_in_the_training_room_and_nowhere_else(string room)
    {
        string[] torch = [.. Items(room, "PackageReference").Where(package => package.StartsWith("TorchSharp", StringComparison.Ordinal))];
        Assert.True(
            torch.Length == 0 || room == "Dcsm.Training",
            $"{room} refers to {string.Join(", ", torch)}: who only scores must never load libtorch"
        );
        Assert.True(torch.All(package => package == "TorchSharp"), $"{room} chooses a libtorch, which is the choice of whoever runs");
    }

    [Theory]
    [MemberData(nameof(EveryRoom))]
    public void The_page_names_the_folders_of_a_room(string room)
    {
        string text = File.ReadAllText(Repository.Path(Page));
        int start = text.IndexOf($"\n- **{room}**: ", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Page} has no line '- **{room}**: …' that tells its folders");
        string paragraph = NextItem().Split(text[(start + 1)..])[0];
        Assert.Equal(
            Directory
                .EnumerateDirectories(Repository.Path($"src/{room}"))
                .Select(Path.GetFileName)
                .Where(folder => folder is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal),
            Names().Matches(paragraph).Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Room → those that its row names; "all" is every other room.</summary>
    private static Dictionary<string, string[]> Arrows()
    {
        var arrows = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (Match row in Rows().Matches(File.ReadAllText(Repository.Path(Page))))
        {
            string room = row.Groups[1].Value,
                knows = row.Groups[2].Value.Trim();
            arrows[room] =
                knows == "–" ? []
                : knows == "all" ? [.. Rooms.Where(other => other != room)]
                : [.. knows.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`'))];
        }
        return arrows;
    }

    /// <summary>What a room may know: those that its row names, and those that they know.</summary>
    private static HashSet<string> Behind(string room, Dictionary<string, string[]> arrows)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(arrows.GetValueOrDefault(room, []));
        while (open.TryPop(out string? next))
        {
            if (known.Add(next))
                Array.ForEach(arrows.GetValueOrDefault(next, []), open.Push);
        }
        return known;
    }

    private static IEnumerable<string> Items(string room, string kind) =>
        XDocument
            .Load(Repository.Path($"src/{room}/{room}.csproj"))
            .Descendants(kind)
            .SelectMany(item => item.Attribute("Include")!.Value.Split(';', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>| `room` | what | knows |</summary>
    [GeneratedRegex(@"^\| `src/(Dcsm[\w.]*)` \|[^|]*\|([^|]*)\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"\n(?:- |\n)")]
    private static partial Regex NextItem();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Names();

    [GeneratedRegex("InternalsVisibleTo(?:Attribute)?\\(\"([^\"]+)\"")]
    private static partial Regex FriendAttributes();
}
