using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary>What a run of the command line left: exit code and both streams.</summary>
public sealed record CliResult(string CommandLine, int ExitCode, string Out, string Error)
{
    /// <summary>stdout as JSON; fails where it is anything else.</summary>
    public JsonElement Json()
    {
        try
        {
            return JsonDocument.Parse(Out).RootElement;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"stdout is not JSON ({e.Message})\n{this}");
        }
    }

    public CliResult Succeeds()
    {
        Assert.True(ExitCode == 0, ToString());
        return this;
    }

    /// <summary>Exit code 2, nothing on stdout, and the parts in one line of stderr that starts with "dcsm: ".</summary>
    public CliResult FailsWith(params string[] parts) => FailsWithCode(2, parts);

    public CliResult FailsWithCode(int code, params string[] parts)
    {
        Assert.True(ExitCode == code, ToString());
        Assert.True(Out.Length == 0, ToString());
        Assert.True(
            Error.Split('\n').Any(line => line.StartsWith("dcsm: ", StringComparison.Ordinal) && parts.All(line.Contains)),
            $"no line of stderr has all of: {string.Join(" | ", parts)}\n{this}"
        );
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        return this;
    }

    public override string ToString() => $"dcsm {CommandLine}\nexit code {ExitCode}\n-- stdout\n{Out}\n-- stderr\n{Error}";
}

/// <summary>Starts the built command line as a process of its own, as a user would.</summary>
public sealed class Cli : IDisposable
{
    // What computes takes as long as the machine lets it; what does nothing for so long never ends.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4),
        MostOfProcessors = TimeSpan.FromMinutes(20);

    private readonly Process _process;
    private readonly string _commandLine;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private Cli(
        string program,
        string? workingDirectory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        IReadOnlyList<string>? under = null,
        string input = ""
    )
    {
        _commandLine = string.Join(' ', arguments);
        string[] command = [.. under ?? [], Host];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach (string argument in (string[])[.. command[1..], program, .. arguments])
            start.ArgumentList.Add(argument);
        // Many small processes on few cores: quick start-up matters more than peak speed.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_out, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Host =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>The program as it is published, in a folder beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "program", "Dcsm.Cli.dll");

    public static CliResult Run(params string[] arguments) => RunIn(null, arguments);

    public static CliResult RunIn(string? workingDirectory, params string[] arguments) => RunProgram(Program, workingDirectory, arguments);

    public static CliResult RunProgram(string program, string? workingDirectory, params string[] arguments)
    {
        using var cli = new Cli(program, workingDirectory, arguments);
        return cli.Wait();
    }

    public static CliResult RunWith(Dictionary<string, string> environment, params string[] arguments) =>
        RunUnder([], environment, arguments);

    /// <summary>Lets another program, such as a tracer, start it.</summary>
    public static CliResult RunUnder(IReadOnlyList<string> program, Dictionary<string, string> environment, params string[] arguments)
    {
        using var cli = new Cli(Program, null, arguments, environment, program);
        return cli.Wait();
    }

    /// <summary>Gives it something on standard input.</summary>
    public static CliResult RunWithInput(string input, string? workingDirectory, params string[] arguments)
    {
        using var cli = new Cli(Program, workingDirectory, arguments, input: input);
        return cli.Wait();
    }

    public static Cli Start(params string[] arguments) => StartWith([], arguments);

    public static Cli StartWith(Dictionary<string, string> environment, params string[] arguments) =>
        new(Program, null, arguments, environment);

    public CliResult Wait()
    {
        var work = new Work(_process);
        while (!_process.WaitForExit(TimeSpan.FromSeconds(1)))
        {
            if (!work.IsOver())
                continue;
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dcsm {_commandLine} did not end\n{_out}\n{_error}");
        }

        _process.WaitForExit(); // the streams' ends
        lock (_out)
        {
            lock (_error)
                return new CliResult(_commandLine, _process.ExitCode, _out.ToString(), _error.ToString());
        }
    }

    /// <summary>Waits until stderr has a line that contains <paramref name="text"/>.</summary>
    public void WaitForRemark(string text) =>
        WaitUntil(
            $"'{text}'",
            () =>
            {
                lock (_error)
                    return _error.ToString().Contains(text, StringComparison.Ordinal);
            }
        );

    /// <summary>Waits until a file is there and not empty.</summary>
    public void WaitForFile(string path) => WaitUntil(path, () => new FileInfo(path) is { Exists: true, Length: > 0 });

    private void WaitUntil(string what, Func<bool> appeared)
    {
        var work = new Work(_process);
        while (!appeared())
        {
            if (_process.HasExited || work.IsOver())
                throw new InvalidOperationException($"{what} did not appear\n{Wait()}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Whether the process ends by itself in this time.</summary>
    public bool EndsWithin(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Ends the process at once, as a crash of the machine would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>Whether a process still gets somewhere.</summary>
    private sealed class Work(Process process)
    {
        private TimeSpan _spent;
        private long _since = Environment.TickCount64;

        /// <summary>It has used no processor for long, or too much.</summary>
        public bool IsOver()
        {
            TimeSpan spent = Spent();
            if (spent - _spent > TimeSpan.FromSeconds(0.5))
                (_spent, _since) = (spent, Environment.TickCount64);
            return spent > MostOfProcessors || Environment.TickCount64 - _since > Patience.TotalMilliseconds;
        }

        private TimeSpan Spent()
        {
            try
            {
                process.Refresh();
                return process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception) // it has just ended
            {
                return _spent;
            }
        }
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
