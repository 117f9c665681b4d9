using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dcsm.Cli.Options;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dcsm.Cli.Output;

/// <summary>Where a command writes: results to stdout; progress, remarks, warnings and errors to stderr.</summary>
internal sealed class Terminal
{
    // Wide enough that no table is broken where nobody looks at a screen.
    private const int WidthOfNoScreen = 200;

    public Terminal(ParseResult parse)
        : this(parse.GetValue(GlobalOptions.Quiet), parse.GetValue(GlobalOptions.Json), parse.GetValue(GlobalOptions.Verbose)) =>
        CsvRaw = parse.GetValue(GlobalOptions.CsvRaw);

    public Terminal(bool quiet, bool json, bool verbose)
    {
        (Quiet, Json, Verbose) = (quiet, json, verbose);
        Results = Open(Console.Out, Console.IsOutputRedirected);
        Remarks = Open(Console.Error, Console.IsErrorRedirected);
    }

    public bool Quiet { get; }

    public bool Json { get; }

    public bool Verbose { get; }

    /// <summary>Whether CSV is for programs, its texts as they are.</summary>
    public bool CsvRaw { get; }

    /// <summary>The console on stdout.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>The console on stderr.</summary>
    public IAnsiConsole Remarks { get; }

    /// <summary>Whether progress is drawn as bars.</summary>
    public bool DrawsBars => !Quiet && !Console.IsErrorRedirected && Remarks.Profile.Capabilities.Ansi;

    /// <summary>What to say when the run is interrupted: what was saved, how to go on.</summary>
    public string? ResumeHint { get; set; }

    public static JsonSerializerOptions JsonOptions { get; } =
        new()
        {
            WriteIndented = true,
            NewLine = "\n",
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        };

    /// <summary>
    /// A text as one line that does nothing to a terminal: control characters, and those that turn the direction of writing, are written as
    /// \u001b is.
    /// </summary>
    public static string Escape(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Any(IsControl) ? string.Concat(text.Select(c => IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;

        static bool IsControl(char c) => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
    }

    /// <summary>A text as above, cut in its middle where it is longer than anyone reads: what is quoted may be a whole file.</summary>
    public static string Line(string text)
    {
        const int Half = 1000;
        if (text.Length > 2 * Half)
        {
            string left = string.Create(CultureInfo.InvariantCulture, $" … ({text.Length - (2 * Half)} characters) … ");
            text = string.Concat(text.AsSpan(0, Half), left, text.AsSpan(text.Length - Half));
        }

        return Escape(text);
    }

    /// <summary>Lines of result on stdout.</summary>
    public static void Result(string line) => Console.Out.WriteLine(string.Join('\n', line.Split('\n').Select(Escape)));

    /// <summary>A drawn result (a table) on stdout.</summary>
    public void Result(IRenderable drawing) => Results.Write(drawing);

    /// <summary>The result as JSON on stdout; what is escaped as above is so by the rules of JSON, too.</summary>
    public static void ResultAsJson<T>(T value) => Result(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>A remark on stderr; silent with --quiet.</summary>
    public void Remark(string line)
    {
        if (!Quiet)
            Remarks.WriteLine(Line(line));
    }

    /// <summary>A remark for those who asked for more.</summary>
    public void Detail(string line)
    {
        if (Verbose)
            Remark(line);
    }

    /// <summary>A warning on stderr, with --quiet too: the result is not what it seems.</summary>
    public void Warning(string line) => Remarks.WriteLine($"dcsm: warning: {Line(line)}");

    /// <summary>Where results go as bytes of UTF-8 as they come; to a screen escaped as lines are.</summary>
    public static Stream OpenResults() => Console.IsOutputRedirected ? Console.OpenStandardOutput() : new EscapedStream(Console.Out);

    /// <summary>Sets the streams up once per process.</summary>
    public static void Prepare()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (Console.OutputEncoding.CodePage != utf8.CodePage)
            Console.OutputEncoding = utf8;
        Console.SetError(new LenientWriter(Console.Error));
    }

    private static IAnsiConsole Open(TextWriter writer, bool redirected)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                // Nothing is ever asked, but bars are drawn only where somebody looks.
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Yes,
                Out = new AnsiConsoleOutput(writer),
            }
        );
        if (redirected)
            console.Profile.Width = WidthOfNoScreen;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
