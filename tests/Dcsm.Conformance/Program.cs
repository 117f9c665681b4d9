using System.CommandLine;
using System.Text;
using Dcsm.Conformance;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
ParseResult parse = new RootCommand(
    """
    Compares this toolkit with numbers that the reference programs gave.
    Exit codes: 0 all passed, 1 some failed, 2 bad input.
    """
)
{
    GoldensCommand.Create(),
    FixturesCommand.Create(),
}.Parse(args);
try
{
    return parse.Errors is [{ } error, ..]
        ? throw new ArgumentException(error.Message)
        : await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("conformance: interrupted");
    return 130;
}
catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"conformance: {e.Message.ReplaceLineEndings(" ")}");
    return 2;
}
