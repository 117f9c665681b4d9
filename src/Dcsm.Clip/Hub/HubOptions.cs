namespace Dcsm.Clip.Hub;

/// <summary>Where models come from and where they are kept; the defaults are those of <c>huggingface_hub</c>.</summary>
public sealed record HubOptions
{
    /// <summary>Address of the hub: <c>HF_ENDPOINT</c>, or huggingface.co.</summary>
    /// <exception cref="InvalidDataException"><c>HF_ENDPOINT</c> is no address.</exception>
    public Uri Endpoint { get; init; } = HubEnvironment.OfProcess.Endpoint;

    /// <summary>
    /// Folder of downloads: <c>HF_HUB_CACHE</c> or <c>HUGGINGFACE_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>, or <c>huggingface/hub</c>
    /// in <c>XDG_CACHE_HOME</c> or <c>~/.cache</c>. In each, <c>~</c> and <c>$NAME</c> stand for what a shell has for them.
    /// </summary>
    /// <exception cref="InvalidDataException">None of them is set, and there is no home folder.</exception>
    public string Cache { get; init; } = HubEnvironment.OfProcess.Cache;

    /// <summary>
    /// Token for models that ask for one: <c>HF_TOKEN</c> or <c>HUGGING_FACE_HUB_TOKEN</c>, or the file that <c>hf auth login</c> wrote;
    /// null for none.
    /// </summary>
    public string? Token { get; init; } = HubEnvironment.OfProcess.Token;

    /// <summary>
    /// Whether the network is left alone (<c>HF_HUB_OFFLINE</c> or <c>TRANSFORMERS_OFFLINE</c> is 1, on, yes or true): only what is in the
    /// cache is found.
    /// </summary>
    public bool Offline { get; init; } = HubEnvironment.OfProcess.Offline;

    /// <summary>How often a broken connection is taken up again, per file.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Wait before the first retry; each further one waits twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may come before a connection counts as broken.</summary>
    public TimeSpan InactivityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The options without the token and what else is secret, for logs.</summary>
    public override string ToString() =>
        $"{nameof(HubOptions)} {{ {nameof(Endpoint)} = {ShownEndpoint}, {nameof(Cache)} = {Cache}, "
        + $"{nameof(Token)} = {(Token is null ? "none" : "not shown")}, {nameof(Offline)} = {Offline} }}";

    /// <summary>The hub's address without a name and password that stand in it.</summary>
    internal string ShownEndpoint => Endpoint.GetComponents(UriComponents.HttpRequestUrl, UriFormat.SafeUnescaped);
}
