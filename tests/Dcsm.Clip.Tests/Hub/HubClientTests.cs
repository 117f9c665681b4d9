using System.Net;
using Dcsm.Clip.Hub;
using Dcsm.IO.Progress;

namespace Dcsm.Clip.Tests.Hub;

public sealed class HubClientTests : IDisposable
{
    private const int WeightsLength = 300_000;
    private readonly TemporaryFolder _cache = new();
    private readonly Dictionary<string, byte[]> _files;
    private readonly FakeHub _hub;

    public HubClientTests()
    {
        byte[] weights = new byte[WeightsLength];
        new Random(1).NextBytes(weights);
        _files = new()
        {
            ["config.json"] = "{}"u8.ToArray(),
            ["vocab.json"] = "{\"a\":1}"u8.ToArray(),
            ["merges.txt"] = [],
            ["model.safetensors"] = weights,
            ["flax_model.msgpack"] = new byte[50_000],
        };
        _hub = new FakeHub(_files);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task Needed_files_come_whole_into_the_ordinary_cache_and_only_once()
    {
        using HubClient client = Client();
        Assert.Null(client.Find(FakeHub.Model));
        var reports = new List<WorkProgress>();
        string directory = await client.PullAsync(FakeHub.Model, progress: new Direct(reports.Add));
        Assert.Equal(Path.Combine(_cache.Path, "models--owner--model", "snapshots", FakeHub.Commit), directory);
        Assert.Equal(
            ["config.json", "merges.txt", "model.safetensors", "vocab.json"],
            Directory.EnumerateFiles(directory).Select(Path.GetFileName).Order()
        );
        Assert.All(Directory.EnumerateFiles(directory), file => Assert.Equal(_files[Path.GetFileName(file)], File.ReadAllBytes(file)));
        Assert.Equal(directory, client.Find(FakeHub.Model));
        Assert.Equal(reports[^1].Total, reports[^1].Done);
        Assert.Equal(reports.Select(report => report.Done).Order(), reports.Select(report => report.Done));

        int requests = _hub.Requests.Count;
        Assert.Equal(directory, await client.PullAsync(FakeHub.Model));
        Assert.Equal(requests + 1, _hub.Requests.Count); // the description only
        using HubClient offline = Client(options => options with { Offline = true });
        Assert.Equal(directory, await offline.PullAsync(FakeHub.Model));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_connection_is_taken_up_again(bool ranges)
    {
        _hub.Ranges = ranges;
        _hub.Cut = (100_000, 2);
        using HubClient client = Client();
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
        long[] asked =
        [
            .. _hub
                .Requests.Where(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal))
                .Select(request => request.From),
        ];
        Assert.Equal(ranges ? [0, 100_000, 200_000] : [0, 100_000, 100_000], asked);
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_taken_up_again()
    {
        using var proxy = new ResettingProxy(_hub.Endpoint, 150_000, 2);
        using HubClient client = Client(options => options with { Endpoint = proxy.Endpoint });
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
        Assert.Contains(_hub.Requests, request => request.From > 0);
    }

    [Fact]
    public async Task A_silent_hub_is_not_waited_for_for_ever()
    {
        _hub.Silences = 2;
        using HubClient client = Client(options => options with { InactivityTimeout = TimeSpan.FromSeconds(2) });
        await client.PullAsync(FakeHub.Model);
        _hub.Silences = int.MaxValue;
        using HubClient impatient = Client(options => options with { InactivityTimeout = TimeSpan.FromMilliseconds(100), Retries = 1 });
        Assert.Contains(
            "nothing came for 0.1 seconds",
            (await Assert.ThrowsAsync<IOException>(() => impatient.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_redirect_keeps_the_token_on_the_same_host_only()
    {
        _hub.Token = "secret";
        _hub.Elsewhere = _hub.Endpoint;
        using HubClient client = Client(options => options with { Token = "secret" });
        await client.PullAsync(FakeHub.Model);
        Assert.Contains(_hub.WithToken, path => path.StartsWith("/moved/", StringComparison.Ordinal));

        using var other = new FakeHub(_files);
        using var cache = new TemporaryFolder();
        _hub.Elsewhere = other.Endpoint;
        using HubClient away = Client(options => options with { Token = "secret", Cache = cache.Path });
        string directory = await away.PullAsync(FakeHub.Model);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
        Assert.NotEmpty(other.Requests);
        Assert.Empty(other.WithToken);
    }

    [Fact]
    public async Task No_secret_is_printed()
    {
        var endpoint = new UriBuilder(_hub.Endpoint) { UserName = "someone", Password = "secret" };
        using HubClient client = Client(options => options with { Endpoint = endpoint.Uri });
        IOException error = await Assert.ThrowsAsync<IOException>(() => client.PullAsync("no/such"));
        Assert.Contains($"on {_hub.Endpoint}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        var options = new HubOptions { Endpoint = endpoint.Uri, Token = "secret" };
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_may_be_a_path_on_a_host()
    {
        using HubClient client = Client(options => options with { Endpoint = new Uri(_hub.Endpoint, "mirror/") });
        await client.PullAsync(FakeHub.Model);
        Assert.All(_hub.Requests, request => Assert.StartsWith("/mirror/", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shard_that_leads_out_of_the_cache_is_not_fetched()
    {
        _files.Remove("model.safetensors");
        _files["model.safetensors.index.json"] = "{}"u8.ToArray();
        _files["model-/../../../../evil.safetensors"] = [1];
        _files["model-00001-of-00001.safetensors"] = [2];
        using HubClient client = Client();
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Contains("model-00001-of-00001.safetensors", Directory.EnumerateFiles(directory).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFiles(_cache.Path, "evil*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_download_that_was_given_up_goes_on_where_it_was()
    {
        _hub.Cut = (100_000, 1);
        using (HubClient impatient = Client(options => options with { Retries = 0 }))
        {
            Assert.Contains(
                "model.safetensors",
                (await Assert.ThrowsAsync<IOException>(() => impatient.PullAsync(FakeHub.Model))).Message,
                StringComparison.Ordinal
            );
        }

        Assert.Null(Client().Find(FakeHub.Model));
        using HubClient client = Client();
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Contains(_hub.Requests, request => request.From > 0);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("vocab.json")]
    public async Task Other_content_than_described_is_refused_and_thrown_away(string file)
    {
        byte[] forged = (byte[])_files[file].Clone();
        forged[^1] ^= 1;
        _hub.Forged[file] = forged;
        using HubClient client = Client();
        Assert.Contains(
            file,
            (await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
        Assert.Null(client.Find(FakeHub.Model));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_cache.Path, "*.incomplete", SearchOption.AllDirectories),
            path => new FileInfo(path).Length == forged.Length
        );
        _hub.Forged.Clear();
        await client.PullAsync(FakeHub.Model);
    }

    [Fact]
    public async Task A_part_that_the_hub_can_not_go_on_from_is_thrown_away()
    {
        string blobs = Path.Combine(_cache.Path, "models--owner--model", "blobs");
        Directory.CreateDirectory(blobs);
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(_files["model.safetensors"]));
        File.WriteAllBytes(Path.Combine(blobs, hash + ".incomplete"), new byte[1000]);
        _hub.RefusesRanges = true;
        using HubClient client = Client();
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mirror_that_tells_names_only_is_asked_for_each_file(bool hasHashes)
    {
        (_hub.IsPlain, _hub.HasHashes) = (true, hasHashes);
        _hub.Forged["model.safetensors"] = new byte[WeightsLength];
        using HubClient client = Client();
        if (hasHashes)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model));
            _hub.Forged.Clear();
        }

        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal(
            WeightsLength,
            new FileInfo(File.ResolveLinkTarget(Path.Combine(directory, "model.safetensors"), true)!.FullName).Length
        );
        int requests = _hub.Requests.Count(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal));
        await client.PullAsync(FakeHub.Model);
        Assert.Equal(requests + 1, _hub.Requests.Count(request => request.Path.EndsWith("model.safetensors", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"architecture":"vit","num_classes":0}""", "open_clip_model.safetensors")]
    [InlineData("""{"model_type":"clip"}""", "model.safetensors")]
    public async Task Of_open_clips_repository_the_weights_are_fetched_that_its_description_is_of(string config, string weights)
    {
        byte[] other = new byte[20_000];
        var files = new Dictionary<string, byte[]>(_files)
        {
            ["config.json"] = System.Text.Encoding.UTF8.GetBytes(config),
            ["open_clip_config.json"] = "{}"u8.ToArray(),
            ["open_clip_model.safetensors"] = other,
        };
        using var hub = new FakeHub(files);
        using HubClient client = Client(options => options with { Endpoint = hub.Endpoint });
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal([Path.Combine(directory, weights)], Directory.EnumerateFiles(directory, "*.safetensors"));

        files.Remove("config.json");
        files.Remove("model.safetensors");
        using var ownOnly = new FakeHub(files);
        using var cache = new TemporaryFolder();
        using HubClient another = Client(options => options with { Endpoint = ownOnly.Endpoint, Cache = cache.Path });
        directory = await another.PullAsync(FakeHub.Model);
        Assert.True(File.Exists(Path.Combine(directory, "open_clip_model.safetensors")));
        Assert.Equal(directory, another.Find(FakeHub.Model));
    }

    [Fact]
    public async Task A_longer_file_than_described_is_refused()
    {
        _hub.Forged["vocab.json"] = new byte[5000];
        using HubClient client = Client();
        Assert.Contains(
            "more than the 7 bytes",
            (await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );

        // Nothing of it is gone on with.
        _hub.Forged.Clear();
        Assert.True(File.Exists(Path.Combine(await client.PullAsync(FakeHub.Model), "config.json")));
    }

    [Fact]
    public async Task A_longer_file_than_described_is_dropped_when_a_part_was_there()
    {
        _hub.Forged["model.safetensors"] = [.. _files["model.safetensors"], .. new byte[200_000]];
        using HubClient client = Client();
        await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model));
        _hub.Forged.Clear();
        string directory = await client.PullAsync(FakeHub.Model);
        Assert.Equal(_files["model.safetensors"], File.ReadAllBytes(Path.Combine(directory, "model.safetensors")));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_waited_for()
    {
        _hub.Description = [.. "{\"sha\":\""u8, .. new byte[80 << 20]];
        using HubClient client = Client();
        Assert.Contains(
            "the answer is longer than 67108864 bytes",
            (await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"7\"")]
    [InlineData("9223372036854775808")]
    [InlineData("-1")]
    [InlineData("1e300")]
    public async Task A_size_that_can_not_be_is_told(string size)
    {
        _hub.Description = System.Text.Encoding.UTF8.GetBytes(
            $$"""{"sha":"{{FakeHub.Commit}}","siblings":[{"rfilename":"config.json","size":{{size}},"blobId":"{{FakeHub.Commit}}"}]}"""
        );
        using HubClient client = Client();
        string message = (await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model))).Message;
        Assert.Contains("field siblings[0].size: expected a whole number", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_sent_and_asked_for()
    {
        _hub.Token = "secret";
        using HubClient without = Client();
        Assert.Contains(
            "HF_TOKEN",
            (await Assert.ThrowsAsync<IOException>(() => without.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
        using HubClient with = Client(options => options with { Token = "secret" });
        await with.PullAsync(FakeHub.Model);
    }

    [Fact]
    public async Task What_is_not_there_is_said()
    {
        using HubClient client = Client();
        Assert.Contains(
            "no such model",
            (await Assert.ThrowsAsync<IOException>(() => client.PullAsync("owner/other"))).Message,
            StringComparison.Ordinal
        );
        await Assert.ThrowsAsync<ArgumentException>(() => client.PullAsync("../etc"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.PullAsync("model"));
        using HubClient offline = Client(options => options with { Offline = true });
        Assert.Contains(
            "HubOptions.Offline",
            (await Assert.ThrowsAsync<IOException>(() => offline.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
        using HubClient unreachable = Client(options => options with { Endpoint = new Uri("http://127.0.0.1:1/"), Retries = 1 });
        Assert.Contains(
            "can't be reached; this machine seems to be offline",
            (await Assert.ThrowsAsync<IOException>(() => unreachable.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
        _files.Remove("model.safetensors");
        Assert.Contains(
            "no weights",
            (await Assert.ThrowsAsync<InvalidDataException>(() => client.PullAsync(FakeHub.Model))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_hub_that_is_busy_is_asked_again()
    {
        _hub.Statuses.Enqueue(HttpStatusCode.ServiceUnavailable);
        _hub.Statuses.Enqueue(HttpStatusCode.TooManyRequests);
        using HubClient client = Client();
        await client.PullAsync(FakeHub.Model);
    }

    [Fact]
    public async Task A_stopped_download_keeps_what_has_arrived()
    {
        using var stop = new CancellationTokenSource();
        using HubClient client = Client();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.PullAsync(
                FakeHub.Model,
                progress: new Direct(report =>
                {
                    if (report.Part == "model.safetensors" && report.Done > 100_000)
                        stop.Cancel();
                }),
                cancellationToken: stop.Token
            )
        );
        Assert.True(
            new FileInfo(Assert.Single(Directory.EnumerateFiles(_cache.Path, "*.incomplete", SearchOption.AllDirectories))).Length > 50_000
        );
        await client.PullAsync(FakeHub.Model);
    }

    private HubClient Client(Func<HubOptions, HubOptions>? change = null)
    {
        var options = new HubOptions
        {
            Endpoint = _hub.Endpoint,
            Cache = _cache.Path,
            Token = null,
            Offline = false,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        };
        return new HubClient(change is null ? options : change(options));
    }

    private sealed class Direct(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
