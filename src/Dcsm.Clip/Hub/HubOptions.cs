namespace Dcsm.Clip.Hub;

/// <summary>Where models come from and where they are kept; the defaults are those of <c>huggingface_hub</c>.</summary>
public sealed record HubOptions
{
    /// <summary>Address of the hub: <c>HF_ENDPOINT</c>, or huggingface.co.</summary>
    /// <exception cref="InvalidDataException"><c>HF_ENDPOINT</c> is no address.</exception>
    public Uri Endpoint { get; init; } = EndpointOf(Set("HF_ENDPOINT") ?? "https://huggingface.co");

    /// <summary>
    /// Folder of downloads: <c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>, or <c>huggingface/hub</c> in
    /// <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>.
    /// </summary>
    public string Cache { get; init; } = Set("HF_HUB_CACHE") ?? Path.Combine(Home, "hub");

    /// <summary>Token for models that ask for one: <c>HF_TOKEN</c>, or the file that <c>hf auth login</c> wrote; null for none.</summary>
    public string? Token { get; init; } = Set("HF_TOKEN") ?? TokenOfFile();

    /// <summary>Whether the network is left alone (<c>HF_HUB_OFFLINE</c>): only what is in the cache is found.</summary>
    public bool Offline { get; init; } = Set("HF_HUB_OFFLINE") is { } flag && flag is not ("0" or "false" or "FALSE" or "no" or "off");

    /// <summary>How often a broken connection is taken up again, per file.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Wait before the first retry; each further one waits twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may come before a connection counts as broken.</summary>
    public TimeSpan InactivityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    private static Uri EndpointOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"
            ? endpoint
            : throw new InvalidDataException($"HF_ENDPOINT is '{address}'; expected an address such as https://huggingface.co.");

    private static string Home =>
        Set("HF_HOME")
        ?? Path.Combine(
            Set("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "huggingface"
        );

    private static string? Set(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string? TokenOfFile()
    {
        string path = Set("HF_TOKEN_PATH") ?? Path.Combine(Home, "token");
        return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
    }
}
