using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dcsm.Models.Small;
using Dcsm.Scoring;
using Microsoft.AspNetCore.Builder;

namespace Dcsm.Service.Tests;

/// <summary>The sample service from end to end, on an address of this machine.</summary>
public sealed class ScoringServiceTests : IAsyncLifetime, IDisposable
{
    private static readonly string[] Samples = ["color", "size", "spatial", "negation"];
    private static readonly string[] Captions =
    [
        "a red teapot and a blue car",
        "an elephant to the left of a guitar",
        "a penguin but no hat",
    ];

    private readonly HttpClient _client = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) });
    private WebApplication _service = null!;

    public async Task InitializeAsync()
    {
        _service = ScoringService.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Warning"]);
        await _service.StartAsync();
        _client.BaseAddress = new Uri(_service.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _service.StopAsync();
        await _service.DisposeAsync();
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Concurrent_clients_get_what_one_gets_and_memory_stays_level()
    {
        await using DcsmScorer scorer = await SmallModel.LoadAsync();
        Dictionary<string, ScoreAnswer[]> expected = Samples.ToDictionary(
            name => name,
            name =>
                scorer.Score(Picture(name), Captions).Select(s => new ScoreAnswer(s.Caption, s.Logit, s.Probability, s.Truncated)).ToArray()
        );
        await AllAsync(8, 5);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await AllAsync(8, 20);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 4 << 20, $"{grown} bytes more after 160 requests");

        Task AllAsync(int clients, int requests) =>
            Task.WhenAll(
                Enumerable
                    .Range(0, clients)
                    .Select(async client =>
                    {
                        for (int i = 0; i < requests; i++)
                        {
                            string name = Samples[(client + i) % Samples.Length];
                            using HttpResponseMessage response = await PostAsync(await File.ReadAllBytesAsync(Picture(name)), Captions);
                            Assert.Equal(expected[name], await response.Content.ReadFromJsonAsync<ScoreAnswer[]>());
                        }
                    })
            );
    }

    [Fact]
    public async Task Wrong_requests_are_told_what_is_wrong()
    {
        byte[] picture = await File.ReadAllBytesAsync(Picture("color"));
        await ExpectAsync(HttpStatusCode.BadRequest, "picture: not a picture", Encoding.UTF8.GetBytes("no picture"), Captions);
        await ExpectAsync(HttpStatusCode.BadRequest, "Caption 1 is empty", picture, ["a", " "]);
        await ExpectAsync(HttpStatusCode.BadRequest, "needs a file", picture, []);
        await ExpectAsync(HttpStatusCode.BadRequest, "At most 64", picture, [.. Enumerable.Repeat("a", 65)]);
        using var text = new StringContent("hello");
        using HttpResponseMessage noForm = await _client.PostAsync(new Uri("/score", UriKind.Relative), text);
        Assert.Equal(HttpStatusCode.BadRequest, noForm.StatusCode);
        Assert.Contains("curl", await _client.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        using HttpResponseMessage large = await PostAsync(new byte[11 << 20], Captions);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task Telemetry_shows_requests_and_their_scores()
    {
        TextWriter before = Console.Out;
        await using var shown = new StringWriter();
        Console.SetOut(TextWriter.Synchronized(shown));
        try
        {
            await using WebApplication service = ScoringService.Build(["--urls", "http://127.0.0.1:0", "--telemetry", "true"]);
            await service.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
            using HttpResponseMessage response = await PostAsync(await File.ReadAllBytesAsync(Picture("color")), Captions, client);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await service.StopAsync();
        }
        finally
        {
            Console.SetOut(before);
        }
        string text = shown.ToString();
        foreach (string name in new[] { "dcsm.encode", "dcsm.score", "dcsm.pairs", "dcsm.stage.duration", "POST /score" })
            Assert.Contains(name, text, StringComparison.Ordinal);
    }

    private async Task ExpectAsync(HttpStatusCode status, string message, byte[] picture, string[] captions)
    {
        using HttpResponseMessage response = await PostAsync(picture, captions);
        Assert.Equal(status, response.StatusCode);
        string told = await response.Content.ReadAsStringAsync();
        Assert.Contains(message, told, StringComparison.Ordinal);
        Assert.DoesNotContain("/", told, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] picture, string[] captions, HttpClient? client = null)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(picture), "picture", "upload.png" } };
        foreach (string caption in captions)
            form.Add(new StringContent(caption), "caption");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/score", UriKind.Relative)) { Content = form };
        // So that what is too large is refused before it is sent.
        request.Headers.ExpectContinue = picture.Length > 1 << 20;
        return await (client ?? _client).SendAsync(request);
    }

    private static string Picture(string name) => Repository.Path($"data/samples/{name}.png");
}
