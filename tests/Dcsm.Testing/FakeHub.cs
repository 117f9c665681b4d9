using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Dcsm.Testing;

/// <summary>A hub on this machine that can be made to misbehave.</summary>
public sealed class FakeHub : IDisposable
{
    public const string Model = "owner/model",
        Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly HttpListener _listener;
    private readonly Dictionary<string, byte[]> _files;
    private readonly Task _serving;

    public FakeHub(Dictionary<string, byte[]> files)
    {
        _files = files;
        (_listener, Endpoint) = Listen();
        _serving = Task.Run(Serve);
    }

    public Uri Endpoint { get; }

    /// <summary>Requests so far: path, and from which byte.</summary>
    public List<(string Path, long From)> Requests { get; } = [];

    /// <summary>Requests so far that brought a token.</summary>
    public List<string> WithToken { get; } = [];

    /// <summary>Where files are said to be instead; null for here.</summary>
    public Uri? Elsewhere { get; set; }

    /// <summary>How many answers never come.</summary>
    public int Silences { get; set; }

    /// <summary>How many bytes of a file are sent before the connection is cut; so often as said.</summary>
    public (int After, int Times) Cut { get; set; }

    public bool Ranges { get; set; } = true;

    /// <summary>Whether a part of a file is refused (416).</summary>
    public bool RefusesRanges { get; set; }

    /// <summary>Whether it tells of its files by name only, as mirrors do that don't know <c>?blobs=true</c>.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether a plain one tells the hub's own hashes by <c>HEAD</c>, or a tag that is none.</summary>
    public bool HasHashes { get; set; } = true;

    public string? Token { get; set; }

    /// <summary>What is sent in place of its description.</summary>
    public byte[]? Description { get; set; }

    /// <summary>Content that is sent in place of the described one.</summary>
    public Dictionary<string, byte[]> Forged { get; } = [];

    /// <summary>Answers of the API with this status come first.</summary>
    public Queue<HttpStatusCode> Statuses { get; } = new();

    public void Dispose()
    {
        _listener.Stop();
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(5));
    }

    // HttpListener takes no port of the system's choice, and another may take one that was free a moment ago.
    private static (HttpListener Listener, Uri Endpoint) Listen()
    {
        for (int tries = 1; ; tries++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(endpoint.ToString());
            try
            {
                listener.Start();
                return (listener, endpoint);
            }
            catch (HttpListenerException) when (tries < 10)
            {
                listener.Close();
            }
        }
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            try
            {
                Answer(context);
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
                context.Response.Abort();
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        long from = context.Request.Headers["Range"] is { } range
            ? long.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture)
            : 0;
        lock (Requests)
        {
            Requests.Add((path, from));
            if (context.Request.Headers["Authorization"] is not null)
                WithToken.Add(path);
        }
        if (Silences > 0)
        {
            Silences--;
            return;
        }
        if (RefusesRanges && from > 0)
        {
            Fail(context, HttpStatusCode.RequestedRangeNotSatisfiable);
            return;
        }
        if (Token is not null && context.Request.Headers["Authorization"] != "Bearer " + Token)
        {
            Fail(context, HttpStatusCode.Unauthorized);
            return;
        }
        if (Statuses.TryDequeue(out HttpStatusCode status))
        {
            Fail(context, status);
            return;
        }
        if (path.EndsWith($"/api/models/{Model}/revision/main", StringComparison.Ordinal))
        {
            Send(context, Description ?? Describe(), 0);
        }
        else if (Elsewhere is not null && !path.StartsWith("/moved", StringComparison.Ordinal))
        {
            Redirect(context, new Uri(Elsewhere, "/moved" + path));
        }
        else if (
            path.Contains($"/{Model}/resolve/{Commit}/", StringComparison.Ordinal)
            && _files.TryGetValue(Path.GetFileName(path), out byte[]? content)
        )
        {
            if (context.Request.HttpMethod == "HEAD")
                Tell(context, content);
            else
                Send(context, Forged.GetValueOrDefault(Path.GetFileName(path), content), Ranges ? from : 0);
        }
        else
        {
            Fail(context, HttpStatusCode.NotFound);
        }
    }

    private void Tell(HttpListenerContext context, byte[] content)
    {
        string hash = content.Length > 10_000 ? Convert.ToHexStringLower(SHA256.HashData(content)) : GitId(content);
        context.Response.Headers["ETag"] = $"\"{(HasHashes ? hash : $"{content.Length}-1f")}\"";
        context.Response.ContentLength64 = content.Length;
        context.Response.Close();
    }

    private static void Fail(HttpListenerContext context, HttpStatusCode status)
    {
        context.Response.StatusCode = (int)status;
        context.Response.Close();
    }

    private static void Redirect(HttpListenerContext context, Uri location)
    {
        context.Response.StatusCode = (int)HttpStatusCode.Found;
        context.Response.Headers["Location"] =
            location.Authority == context.Request.Url!.Authority ? location.AbsolutePath : location.ToString();
        context.Response.Close();
    }

    private void Send(HttpListenerContext context, byte[] content, long from)
    {
        if (from > 0)
        {
            context.Response.StatusCode = (int)HttpStatusCode.PartialContent;
            context.Response.Headers["Content-Range"] = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }
        Span<byte> rest = content.AsSpan((int)from);
        context.Response.ContentLength64 = rest.Length;
        (int after, int times) = Cut;
        if (times > 0 && rest.Length > after)
        {
            Cut = (after, times - 1);
            context.Response.OutputStream.Write(rest[..after]);
            context.Response.OutputStream.Flush();
            context.Response.Abort();
            return;
        }
        context.Response.OutputStream.Write(rest);
        context.Response.Close();
    }

    private byte[] Describe() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                sha = Commit,
                siblings = _files.Select(file =>
                    IsPlain ? (object)new { rfilename = file.Key }
                    : file.Value.Length > 10_000
                        ? new
                        {
                            rfilename = file.Key,
                            size = file.Value.Length,
                            blobId = GitId(file.Value),
                            lfs = new { sha256 = Convert.ToHexStringLower(SHA256.HashData(file.Value)), size = file.Value.Length },
                        }
                    : new
                    {
                        rfilename = file.Key,
                        size = file.Value.Length,
                        blobId = GitId(file.Value),
                    }
                ),
            }
        );

#pragma warning disable CA5350
    private static string GitId(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
}
