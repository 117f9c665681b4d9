using System.CommandLine;
using Dcsm.Cli.Output;

namespace Dcsm.Cli.Options;

/// <summary>How one command line is run; carries its terminal to the command's action.</summary>
internal sealed class RunConfiguration : InvocationConfiguration
{
    public RunConfiguration(Terminal terminal)
    {
        Terminal = terminal;
        EnableDefaultExceptionHandler = false;
        // Interruption does it: saving a checkpoint may take longer than any fixed time.
        ProcessTerminationTimeout = null;
    }

    public Terminal Terminal { get; }
}
