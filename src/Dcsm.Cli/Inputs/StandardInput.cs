namespace Dcsm.Cli.Inputs;

/// <summary>What stands in for a file on the command line: <c>-</c>, the standard input.</summary>
internal static class StandardInput
{
    /// <summary>How it is named on the command line.</summary>
    public const string Name = "-";

    /// <summary>How errors call it.</summary>
    public const string Title = "standard input";

    public static byte[] ReadAll()
    {
        using Stream input = Console.OpenStandardInput();
        var content = new MemoryStream();
        input.CopyTo(content);
        return content.ToArray();
    }
}
