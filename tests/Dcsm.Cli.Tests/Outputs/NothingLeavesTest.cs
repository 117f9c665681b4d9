using System.Text.RegularExpressions;

namespace Dcsm.Cli.Tests.Outputs;

/// <summary>No file but those that were named, nothing to the network: neither of the toolkit nor of the native libraries.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed partial class NothingLeavesTest(TinyModels models) : IDisposable
{
    private const string Tracer = "/usr/bin/strace";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("score")]
    [InlineData("int8")]
    [InlineData("explain")]
    [InlineData("train")]
    public void Nothing_is_written_but_what_was_named_and_no_address_is_looked_up(string what)
    {
        string home = Directory.CreateDirectory(_folder["home"]).FullName,
            temporary = Directory.CreateDirectory(_folder["tmp"]).FullName,
            named = _folder["named.png"],
            trace = _folder["trace"];
        string[] arguments = what switch
        {
            "score" => Score("score"),
            "int8" => [.. Score("score"), "--precision", "int8"],
            "explain" => [.. Score("explain"), "--out", named],
            _ => [.. models.TrainArguments(named), "--steps", "2"],
        };

        // Where there is no tracer, only what is left behind is seen.
        string[] tracer = File.Exists(Tracer) ? [Tracer, "-f", "-qq", "-e", "trace=socket,open,openat,creat,mkdir", "-o", trace] : [];
        Dictionary<string, string> environment = new()
        {
            ["HOME"] = home,
            ["TMPDIR"] = temporary,
            ["XDG_CACHE_HOME"] = "",
            ["XDG_DATA_HOME"] = "",
            ["XDG_CONFIG_HOME"] = "",
            ["DOTNET_EnableDiagnostics"] = "0", // .NET's socket for debuggers
        };
        Cli.RunUnder(tracer, environment, arguments).Succeeds();

        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
        foreach (string call in tracer.Length > 0 ? File.ReadLines(trace) : [])
        {
            Assert.DoesNotMatch("AF_INET", call);
            if (Made().Match(call) is { Success: true } file)
                Assert.StartsWith(named, file.Groups["path"].Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_home_folder_that_cannot_be_written_is_not_missed()
    {
        string file = _folder.Write("home", "a file, no folder");
        CliResult run = Cli.RunWith(new() { ["HOME"] = file }, [.. Score("score"), "--quiet"]).Succeeds();
        Assert.Empty(run.Error);
    }

    private string[] Score(string command) => [command, models.Picture, "-c", "a red apple", "--clip", models.Clip, "--head", models.Head];

    [GeneratedRegex("""(?:openat\(\w+|open\(|creat\(|mkdir\(),? ?"(?<path>[^"]+)", .*(?:O_CREAT|0777).*= \d""")]
    private static partial Regex Made();
}
