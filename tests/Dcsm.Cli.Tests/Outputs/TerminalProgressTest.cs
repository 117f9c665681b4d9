using System.Diagnostics;
using System.Text;

namespace Dcsm.Cli.Tests.Outputs;

[Collection(TinyModelsGroup.Name)]
public sealed class TerminalProgressTest(TinyModels models) : IDisposable
{
    private const string PseudoTerminal = "/usr/bin/script";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Where the system has no such program, nothing is a terminal for a test.
    [Fact]
    public void A_terminal_gets_a_bar_and_the_rate()
    {
        if (!File.Exists(PseudoTerminal))
            return;
        string command = string.Join(
            ' ',
            new[] { "dotnet", Cli.Program }
                .Concat([.. models.TrainArguments(_folder["head"]), "--steps", "400"])
                .Select(part => $"'{part}'")
        );
        var start = new ProcessStartInfo(PseudoTerminal, ["-qec", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm-256color";
        using Process terminal = Process.Start(start)!;
        string shown = terminal.StandardOutput.ReadToEnd();
        terminal.WaitForExit();
        Assert.True(terminal.ExitCode == 0, shown);
        Assert.Contains("━━", shown, StringComparison.Ordinal);
        Assert.Contains(" steps/s", shown, StringComparison.Ordinal);
    }
}
