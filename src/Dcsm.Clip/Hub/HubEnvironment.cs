using System.Text.RegularExpressions;

namespace Dcsm.Clip.Hub;

/// <summary>What the environment says of hubs, read as <c>huggingface_hub</c> does (<c>constants.py</c>, <c>utils/_auth.py</c>).</summary>
/// <param name="variable">The value of an environment variable.</param>
/// <param name="homeFolder">The user's home folder; empty where there is none.</param>
internal sealed partial class HubEnvironment(Func<string, string?> variable, string homeFolder)
{
    private static readonly string[] Yes = ["1", "ON", "YES", "TRUE"];

    /// <summary>The environment of this process.</summary>
    public static HubEnvironment OfProcess =>
        new(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <exception cref="InvalidDataException">It is no address.</exception>
    public Uri Endpoint
    {
        get
        {
            string address = Set("HF_ENDPOINT") ?? "https://huggingface.co";
            return Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
                ? endpoint
                : throw new InvalidDataException($"HF_ENDPOINT is '{address}'; expected an address such as https://huggingface.co.");
        }
    }

    /// <exception cref="InvalidDataException">No variable says where, and there is no home folder.</exception>
    public string Cache =>
        Folder("HF_HUB_CACHE")
        ?? Folder("HUGGINGFACE_HUB_CACHE")
        ?? (
            Home is { } home
                ? Path.Combine(home, "hub")
                : throw new InvalidDataException(
                    "there is no home folder to keep models in; set HF_HOME or HF_HUB_CACHE to a folder that may be written."
                )
        );

    public bool Offline => OfflineBy is not null;

    /// <summary>The variable that forbids the network; null where none does.</summary>
    public string? OfflineBy =>
        Array.Find(["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"], name => Set(name) is not null) is { } name
        && Yes.Contains(Set(name)!.ToUpperInvariant())
            ? name
            : null;

    public string? Token
    {
        get
        {
            if (Clean(Set("HF_TOKEN")) is { } token)
                return token;
            if (Clean(Set("HUGGING_FACE_HUB_TOKEN")) is { } older)
                return older;
            string? path = Folder("HF_TOKEN_PATH") ?? (Home is { } home ? Path.Combine(home, "token") : null);
            return path is not null && File.Exists(path) ? Clean(File.ReadAllText(path)) : null;
        }
    }

    private string? Home =>
        Folder("HF_HOME") is { } set ? set
        : (Folder("XDG_CACHE_HOME") ?? (homeFolder.Length > 0 ? Path.Combine(homeFolder, ".cache") : null)) is { } caches
            ? Path.Combine(caches, "huggingface")
        : null;

    private static string? Clean(string? token) => token?.ReplaceLineEndings("").Trim() is { Length: > 0 } clean ? clean : null;

    private string? Set(string name) => variable(name) is { Length: > 0 } value ? value : null;

    private string? Folder(string name)
    {
        if (Set(name) is not { } path)
            return null;
        if (homeFolder.Length > 0 && (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)))
            path = homeFolder + path[1..];
        return Variable().Replace(path, found => variable(found.Groups[1].Value + found.Groups[2].Value) ?? found.Value);
    }

    [GeneratedRegex(@"\$(?:(\w+)|\{(\w+)\})")]
    private static partial Regex Variable();
}
