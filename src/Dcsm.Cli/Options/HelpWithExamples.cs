using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dcsm.Cli.Options;

/// <summary>The usual help, and the command's examples below it.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        IReadOnlyList<string> examples = CommandExtensions.ExamplesOf(parseResult.CommandResult.Command);
        if (examples.Count > 0)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
                output.WriteLine("  " + example);
            output.WriteLine();
        }

        return code;
    }

    /// <summary>Puts the examples under the help of <paramref name="root"/> and of all below it.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        if (option.Action is HelpAction help)
            option.Action = new HelpWithExamples(help);
    }
}
