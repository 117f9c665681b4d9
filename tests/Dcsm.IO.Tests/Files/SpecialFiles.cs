using System.Diagnostics;

namespace Dcsm.IO.Tests.Files;

internal static class SpecialFiles
{
    public static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
