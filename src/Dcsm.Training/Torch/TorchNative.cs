using System.Runtime.InteropServices;
using TorchSharp;

namespace Dcsm.Training.Torch;

/// <summary>Loads libtorch for TorchSharp, also on systems whose libstdc++ is older than GCC 13.</summary>
/// <remarks>
/// TorchSharp 0.107's <c>libLibTorchSharp.so</c> asks for the symbol version GLIBCXX_3.4.32, which Debian 12 and
/// Ubuntu 22.04 don't have, so that the loader refuses it there. The one symbol of that version,
/// <c>std::ios_base_library_init()</c>, is never called: it is a marker that GCC 13 writes into whatever includes
/// &lt;iostream&gt;, and older libstdc++ initialize their streams without it. So where the library doesn't load as it
/// is, a copy in memory is loaded whose need for that version is marked weak. Nothing is written to disk: read-only
/// installations, processes starting at once and later upgrades of the package need no thought.
/// </remarks>
internal static class TorchNative
{
    private const string Library = "libLibTorchSharp.so";
    private const string MissingVersion = "GLIBCXX_3.4.32";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>
    /// Makes TorchSharp usable in this process; to be called before the first use of a <c>torch</c> type. Cheap when repeated.
    /// </summary>
    /// <exception cref="FileNotFoundException">The native libraries of TorchSharp aren't beside the program.</exception>
    /// <exception cref="InvalidDataException">The native library isn't built as expected and so can't be patched.</exception>
    /// <exception cref="DllNotFoundException">The system's loader refuses the library for another reason.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>Whether the libtorch that is here has CUDA.</summary>
    public static bool HasCuda => TryFind(OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so") is not null;

    private static bool Load()
    {
        if (OperatingSystem.IsLinux())
        {
            string library = Find(Library);
            // First what it depends on, by full path: the loader then finds these by SONAME for the copy in memory, too.
            NativeLibrary.Load(Find("libtorch.so"));
            if (!NativeLibrary.TryLoad(library, out _))
                LoadPatched(library);
        }

        // From here on TorchSharp looks the library up by name, and the loader answers with the one of that SONAME.
        torch.InitializeDeviceType(DeviceType.CPU);
        LimitThreads();
        return true;
    }

    /// <summary>Takes no more threads than .NET would: libtorch itself knows nothing of a container's quota.</summary>
    internal static void LimitThreads() => torch.set_num_threads(Math.Min(torch.get_num_threads(), Environment.ProcessorCount));

    private static void LoadPatched(string path)
    {
        byte[] elf = File.ReadAllBytes(path);
        bool patched;
        try
        {
            patched = ElfVersionNeeds.MarkWeak(elf, MissingVersion);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }

        if (!patched)
            NativeLibrary.Load(path); // It fails for a reason that isn't ours: let the loader say which.
        else
            NativeLibrary.Load(MemoryFile.Create(Library, elf));
    }

    private static string Find(string name) =>
        TryFind(name)
        ?? throw new FileNotFoundException(
            $"{name} isn't beside the program (in {AppContext.BaseDirectory}), and training needs libtorch. It comes with the tool "
                + "Dcsm.Tool.Training (dotnet tool install Dcsm.Tool.Training, the command dcsm-train), and in a program of your own "
                + "with the package TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows.",
            name
        );

    // The host lists the folders of natives: the output folder, or those of the packages.
    private static string? TryFind(string name) =>
        (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
