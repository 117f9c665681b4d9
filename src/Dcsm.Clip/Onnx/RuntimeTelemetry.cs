using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dcsm.Clip.Onnx;

/// <summary>
/// Turns ONNX Runtime's telemetry off, which would otherwise keep a store in the home folder and look for its collector. It is asked for
/// as the native library loads, in the environment that native code sees.
/// </summary>
internal static partial class RuntimeTelemetry
{
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    // Before anything of this room runs, and so before the library is loaded by it.
#pragma warning disable CA2255 // There is no other place that every way into the library passes.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void TurnOff()
    {
        // On Windows that is the environment of the process; elsewhere it is one of .NET's own.
        Environment.SetEnvironmentVariable(Variable, "1");
        if (!OperatingSystem.IsWindows())
            _ = SetNative(Variable, "1", overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
