using System.Reflection;
using System.Runtime.InteropServices;

namespace Dcsm.Evaluation.Scorers;

/// <summary>What computed a result.</summary>
public static class SoftwareVersions
{
    /// <summary>Versions of Dcsm, .NET, the system, and of the numeric libraries that are loaded, by name.</summary>
    public static IReadOnlyDictionary<string, string> Current()
    {
        Dictionary<string, string> versions = new()
        {
            ["dcsm"] = Of(typeof(SoftwareVersions).Assembly),
            ["dotnet"] = Environment.Version.ToString(),
            ["os"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        };
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (assembly.GetName().Name == "Microsoft.ML.OnnxRuntime")
                versions["onnxRuntime"] = Of(assembly);
            if (assembly.GetName().Name == "TorchSharp")
                versions["torchSharp"] = Of(assembly);
        }

        return versions;
    }

    // Informational versions carry the commit behind a plus sign.
    private static string Of(Assembly assembly) =>
        (
            assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString()
            ?? "unknown"
        ).Split('+')[0];
}
