using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;

namespace Dcsm.Clip.Hub;

/// <summary>
/// Fetches CLIPs from a Hugging Face hub into the ordinary cache (<c>models--owner--name/blobs, refs, snapshots</c>), where other programs
/// find them, too. Broken downloads are taken up where they broke; every file's size and hash are checked.
/// </summary>
public sealed class HubClient : IDisposable
{
    private const int BufferLength = 1 << 16,
        MostRedirects = 10,
        MostAnswer = 64 << 20;

    private readonly HubOptions _options;
    private readonly HttpClient _http;

    /// <summary>A client with the given settings.</summary>
    /// <param name="options">The settings; those of the environment where null.</param>
    public HubClient(HubOptions? options = null)
    {
        _options = options ?? new HubOptions();
        // Redirects are followed here: HttpClient would drop the token at each, and the hub redirects to itself, too.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = _options.InactivityTimeout })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("dcsm");
    }

    /// <summary>The directory of a model in the cache, or null if it is not there whole.</summary>
    /// <param name="model">"owner/name".</param>
    /// <param name="revision">Branch, tag or commit.</param>
    public string? Find(string model, string revision = "main")
    {
        string folder = Folder(model);
        string reference = Path.Combine(folder, "refs", revision);
        string commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : revision;
        string snapshot = Path.Combine(folder, "snapshots", commit);
        return File.Exists(Path.Combine(snapshot, "config.json")) || File.Exists(Path.Combine(snapshot, OpenClipConfig.FileName))
            ? snapshot
            : null;
    }

    /// <summary>Fetches what is needed of a model and is not in the cache.</summary>
    /// <param name="model">"owner/name", such as openai/clip-vit-base-patch16.</param>
    /// <param name="revision">Branch, tag or commit.</param>
    /// <param name="progress">Told as bytes arrive.</param>
    /// <param name="cancellationToken">Stops; what has arrived is kept and gone on from.</param>
    /// <returns>The directory, to be opened as any CLIP.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is not of the form "owner/name".</exception>
    /// <exception cref="IOException">The hub cannot be reached, does not know the model, refuses it, or keeps breaking off.</exception>
    /// <exception cref="InvalidDataException">
    /// The model has no files that can be opened, or a file's content is not what the hub said.
    /// </exception>
    public async Task<string> PullAsync(
        string model,
        string revision = "main",
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        string folder = Folder(model);
        if (_options.Offline)
        {
            return Find(model, revision)
                ?? throw new IOException(
                    $"{model}: is not in {_options.Cache}, and {HubEnvironment.OfProcess.OfflineBy ?? "HubOptions.Offline"} forbids to "
                        + "fetch it."
                );
        }

        HubRepository repository = await DescribeAsync(model, revision, cancellationToken).ConfigureAwait(false);
        string blobs = Path.Combine(folder, "blobs");
        string snapshot = Path.Combine(folder, "snapshots", repository.Commit);
        Directory.CreateDirectory(blobs);
        Directory.CreateDirectory(snapshot);
        long done = 0L,
            total = 0L;
        bool isOpenClip = false;
        if (repository.Deciding is { } deciding)
        {
            deciding = await DescribedAsync(model, repository.Commit, deciding, cancellationToken).ConfigureAwait(false);
            isOpenClip = !ClipConfig.IsOne(JsonField.LoadFromPython(await BlobAsync(deciding).ConfigureAwait(false)));
        }

        HubFile[] needed = [.. repository.Needed(model, isOpenClip)];
        for (int i = 0; i < needed.Length; i++)
            needed[i] = await DescribedAsync(model, repository.Commit, needed[i], cancellationToken).ConfigureAwait(false);
        total = needed.Sum(file => file.Size);
        // The description last: a directory that has it is whole.
        foreach (HubFile? file in needed.OrderBy(HubRepository.IsDescription).ThenBy(file => file.Size))
        {
            string blob = await BlobAsync(file).ConfigureAwait(false);
            done += file.Size;
            progress?.Report(new WorkProgress(done, total, file.Name));
            Link(Path.Combine(snapshot, file.Name), blob);
        }
        if (!revision.Equals(repository.Commit, StringComparison.OrdinalIgnoreCase))
        {
            string reference = Path.Combine(folder, "refs", revision);
            Directory.CreateDirectory(Path.GetDirectoryName(reference)!);
            AtomicFile.Write(reference, repository.Commit);
        }
        return snapshot;

        async Task<string> BlobAsync(HubFile file)
        {
            string blob = Path.Combine(blobs, file.Key);
            if (!File.Exists(blob))
            {
                await FetchAsync(
                        model,
                        repository.Commit,
                        file,
                        blob,
                        here => progress?.Report(new WorkProgress(done + here, Math.Max(total, file.Size), file.Name)),
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }

            return blob;
        }
    }

    /// <summary>"owner/name" of a directory in a cache; null where it is none.</summary>
    internal static string? ModelOf(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (folder.Name.Split("--") is ["models", var owner, var name])
                return $"{owner}/{name}";
        }

        return null;
    }

    /// <summary>Closes its connections.</summary>
    public void Dispose() => _http.Dispose();

    private string Folder(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        string[] parts = model.Split('/');
        if (
            parts.Length != 2
            || parts.Any(part =>
                part.Length == 0 || part.StartsWith('.') || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            )
        )
        {
            throw new ArgumentException(
                $"'{model}' is not the name of a model: owner/name, such as openai/clip-vit-base-patch16.",
                nameof(model)
            );
        }

        return Path.Combine(_options.Cache, $"models--{parts[0]}--{parts[1]}");
    }

    private async Task<HubRepository> DescribeAsync(string model, string revision, CancellationToken cancellationToken)
    {
        Uri address = Address($"/api/models/{model}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, 0, model, cancellationToken)
                    .ConfigureAwait(false);
                byte[] json = await AnswerAsync(response, address, cancellationToken).ConfigureAwait(false);
                return HubRepository.Parse(json, address.ToString());
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                // Where there is no network, waiting for long does not bring it.
                bool isOffline =
                    e is HttpRequestException
                    {
                        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                    };
                string offline = isOffline ? "; this machine seems to be offline" : "";
                string fetched = Find(model, revision) is { } known ? $"; what was fetched before is in {known}" : "";
                await WaitAsync(
                        attempt,
                        isOffline ? 1 : int.MaxValue,
                        $"{model}: {_options.ShownEndpoint} can't be reached{offline}{fetched}",
                        e,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>An answer that is held whole, up to 64 MiB.</summary>
    private async Task<byte[]> AnswerAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        using Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var answer = new MemoryStream();
        byte[] buffer = new byte[BufferLength];
        int read;
        while (
            (read = await WithInactivityTimeout(stop => content.ReadAsync(buffer, stop).AsTask(), cancellationToken).ConfigureAwait(false))
            > 0
        )
        {
            if (answer.Length + read > MostAnswer)
            {
                throw new InvalidDataException(
                    $"{address}: the answer is longer than {MostAnswer} bytes; this is no description of a model."
                );
            }

            answer.Write(buffer, 0, read);
        }

        return answer.ToArray();
    }

    /// <summary>A file with its length and hash, which a mirror may tell only where it is fetched from.</summary>
    private async Task<HubFile> DescribedAsync(string model, string commit, HubFile file, CancellationToken cancellationToken)
    {
        if (file.IsDescribed)
            return file;
        Uri address = FileAddress(model, commit, file.Name);
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using HttpResponseMessage response = await SendAsync(
                        HttpMethod.Head,
                        address,
                        0,
                        $"{model}, {file.Name}",
                        cancellationToken
                    )
                    .ConfigureAwait(false);
                string? tag = (First(response, "X-Linked-Etag") ?? response.Headers.ETag?.Tag)?.Trim('"');
                long? length = long.TryParse(
                    First(response, "X-Linked-Size"),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long linked
                )
                    ? linked
                    : response.Content.Headers.ContentLength;
                if (tag is null || length is null || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-'))
                {
                    throw new IOException(
                        $"{model}, {file.Name}: {_options.ShownEndpoint} tells neither with the model nor by itself how long it is."
                    );
                }

                return file with
                {
                    Size = length.Value,
                    Sha256 = tag.Length == 64 && tag.All(char.IsAsciiHexDigit) ? tag : null,
                    BlobId = tag,
                };
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                await WaitAsync(attempt, int.MaxValue, $"{model}, {file.Name}: the hub can't be reached", e, cancellationToken)
                    .ConfigureAwait(false);
            }
        }

        static string? First(HttpResponseMessage response, string name) =>
            response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
    }

    private async Task FetchAsync(
        string model,
        string commit,
        HubFile file,
        string blob,
        Action<long> here,
        CancellationToken cancellationToken
    )
    {
        Uri address = FileAddress(model, commit, file.Name);
        string partial = blob + ".incomplete";
        (int attempt, long mostSoFar) = (0, -1L);
        while (true)
        {
            long start = File.Exists(partial) ? new FileInfo(partial).Length : 0;
            if (start > file.Size)
            {
                File.Delete(partial);
                start = 0;
            }
            // A connection that brought something on is a new start for the count of failures.
            if (start > mostSoFar)
                (attempt, mostSoFar) = (attempt > 0 ? 1 : 0, start);
            try
            {
                if (start < file.Size || file.Size == 0)
                    await AppendAsync(address, start, file, partial, model, here, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (IsBroken(e, cancellationToken))
            {
                // What is here is longer than what is there: of another version, or of another program.
                if (e is HttpRequestException { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable })
                    File.Delete(partial);
                await WaitAsync(
                        attempt++,
                        int.MaxValue,
                        $"{model}, {file.Name}: the connection keeps breaking; what has arrived is kept",
                        e,
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            }
        }

        if (new FileInfo(partial).Length != file.Size || !await HasHashAsync(partial, file, cancellationToken).ConfigureAwait(false))
        {
            long length = new FileInfo(partial).Length;
            File.Delete(partial);
            throw new InvalidDataException(
                $"{model}, {file.Name}: {length} bytes arrived that are not what the hub describes ({file.Size} bytes, hash "
                    + $"{file.Key}); they were thrown away."
            );
        }
        File.Move(partial, blob, overwrite: true);
    }

    private async Task AppendAsync(
        Uri address,
        long start,
        HubFile file,
        string partial,
        string model,
        Action<long> here,
        CancellationToken cancellationToken
    )
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, start, $"{model}, {file.Name}", cancellationToken)
            .ConfigureAwait(false);
        // A server without ranges sends the whole.
        bool resumed = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == start;
        long position = resumed ? start : 0;
        using Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var target = new FileStream(partial, resumed ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[BufferLength];
        int read;
        while (
            (read = await WithInactivityTimeout(stop => content.ReadAsync(buffer, stop).AsTask(), cancellationToken).ConfigureAwait(false))
            > 0
        )
        {
            if (position + read > file.Size)
            {
                // Nothing of it can be gone on from.
                target.Close();
                File.Delete(partial);
                throw new InvalidDataException($"{model}, {file.Name}: more than the {file.Size} bytes that the hub describes are coming.");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            position += read;
            here(position);
        }
        if (position < file.Size)
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"the connection ended after {position} of {file.Size} bytes");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        long start,
        string what,
        CancellationToken cancellationToken
    )
    {
        HttpResponseMessage response;
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, address);
            if (_options.Token is { } token && IsHub(address))
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (start > 0)
                request.Headers.Range = new RangeHeaderValue(start, null);
            response = await WithInactivityTimeout(
                    stop => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop),
                    cancellationToken
                )
                .ConfigureAwait(false);
            if ((int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
                break;
            // The hub tells of a file before it sends on to where the file is.
            if (method == HttpMethod.Head && response.Headers.Contains("X-Linked-Etag"))
                return response;
            response.Dispose();
            address = new Uri(address, location);
            if (redirects == MostRedirects || address.Scheme is not ("http" or "https"))
                throw new IOException($"{what}: the hub sends from one address to the next, and at last to {address}.");
        }
        if (response.IsSuccessStatusCode)
            return response;
        HttpStatusCode status = response.StatusCode;
        response.Dispose();
        throw status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new IOException(
                _options.Token is null
                    ? $"{what}: the hub asks for a token ({(int)status}); set HF_TOKEN, or check the name."
                    : $"{what}: the hub refuses this token ({(int)status})."
            ),
            HttpStatusCode.NotFound => new IOException(
                $"{what}: there is no such model, revision or file on {_options.ShownEndpoint} ({(int)status})."
            ),
            >= HttpStatusCode.InternalServerError
            or HttpStatusCode.TooManyRequests
            or HttpStatusCode.RequestTimeout
            or HttpStatusCode.RequestedRangeNotSatisfiable => new HttpRequestException($"the hub answered {(int)status}", null, status),
            _ => new IOException($"{what}: the hub answered {(int)status} {status}."),
        };
    }

    private Uri FileAddress(string model, string commit, string name) => Address($"/{model}/resolve/{commit}/{Uri.EscapeDataString(name)}");

    // HF_ENDPOINT may be a path on a host.
    private Uri Address(string path) => new(_options.Endpoint.AbsoluteUri.TrimEnd('/') + path);

    private bool IsHub(Uri address) =>
        address.Scheme == _options.Endpoint.Scheme
        && address.Authority.Equals(_options.Endpoint.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Waits for what the hub does next, but not for ever.</summary>
    private async Task<T> WithInactivityTimeout<T>(Func<CancellationToken, Task<T>> next, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.InactivityTimeout);
        try
        {
            return await next(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(
                FormattableString.Invariant($"nothing came for {_options.InactivityTimeout.TotalSeconds} seconds"),
                e
            );
        }
    }

    private static bool IsBroken(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or HttpIOException or IOException { InnerException: SocketException }
        && !cancellationToken.IsCancellationRequested;

    private async Task WaitAsync(int attempt, int mostRetries, string message, Exception error, CancellationToken cancellationToken)
    {
        if (attempt >= Math.Min(mostRetries, _options.Retries))
            throw new IOException($"{message} ({error.Message}).", error);
        await Task.Delay(_options.RetryDelay * Math.Pow(2, attempt), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> HasHashAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        using FileStream content = File.OpenRead(path);
        if (file.Sha256 is { } sha256)
        {
            return sha256.Equals(
                await Sha256Digest.HexAsync(content, cancellationToken).ConfigureAwait(false),
                StringComparison.OrdinalIgnoreCase
            );
        }
        if (file.BlobId is not { Length: 40 } id || !id.All(char.IsAsciiHexDigit))
            return true; // a mirror's tag; the length has been checked
#pragma warning disable CA5350 // Git's own id, the only hash that the hub gives of small files.
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        sha1.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {file.Size}\0")));
        byte[] buffer = new byte[BufferLength];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            sha1.AppendData(buffer.AsSpan(0, read));
        return id.Equals(Convert.ToHexString(sha1.GetHashAndReset()), StringComparison.OrdinalIgnoreCase);
    }

    // A link where the system lets us make one, as huggingface_hub does, else a copy.
    private static void Link(string path, string blob)
    {
        if (File.Exists(path))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, blob));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !File.Exists(path))
        {
            File.Copy(blob, path);
        }
    }
}
