using System.Diagnostics;

namespace Dcsm.Testing;

/// <summary>Time as processors count it, which a busy machine does not stretch as it does that of the clock.</summary>
public static class ProcessorTime
{
    /// <summary>Of this process, by all its threads.</summary>
    public static TimeSpan Spent
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.TotalProcessorTime;
        }
    }
}
