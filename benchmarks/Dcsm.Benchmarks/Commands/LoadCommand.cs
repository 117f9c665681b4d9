using System.CommandLine;
using System.Diagnostics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks.Commands;

/// <summary>
/// <c>load</c>: clients that share a scorer, each asking again when it has its answer; how long they wait. Beside it, as what batching
/// across requests could reach, as many requests in one call.
/// </summary>
internal static class LoadCommand
{
    private static readonly string[] Colors = ["red", "blue", "green", "yellow", "purple", "orange", "white", "black"];

    public static Command Create()
    {
        Option<int> requests = CommonOptions.Count("--requests", "Requests of all clients together.", 512);
        Option<string> clip = new("--clip") { Description = "The CLIP. [default: the small one]" };
        Option<string> head = new("--head") { Description = "The head. [default: that of the small one]" };
        Command command = new("load", "Measures 1, 8 and 64 clients that share a scorer, by turns and all at once.")
        {
            requests,
            clip,
            head,
        };
        command.SetAction(
            (parse, cancellationToken) => RunAsync(parse.GetValue(requests), parse.GetValue(clip), parse.GetValue(head), cancellationToken)
        );
        return command;
    }

    private static async Task RunAsync(int requests, string? clipDirectory, string? headDirectory, CancellationToken cancellationToken)
    {
        using var clip = ClipModel.Load(clipDirectory ?? Repository.Path("data", "clip-small"));
        var head = DcsmHead.Load(headDirectory ?? Repository.Path("data", "head-small"));
        byte[] picture = await File.ReadAllBytesAsync(Repository.Path("data", "samples", "color.png"), cancellationToken);
        await using (var warm = new DcsmScorer(clip, head))
            await ClientsAsync(warm, picture, 8, requests / 8, cancellationToken);
        Console.WriteLine(" at once  clients  requests/s   p50 ms   p99 ms");
        foreach (int clients in (int[])[1, 8, 64])
        {
            foreach (int atOnce in (int[])[1, 2, 0])
            {
                await using var scorer = new DcsmScorer(clip, head, new DcsmScorerOptions { ConcurrentRuns = atOnce });
                await MeasureAsync(
                    atOnce == 0 ? "any" : $"{atOnce}",
                    clients,
                    requests,
                    each => ClientsAsync(scorer, picture, clients, each, cancellationToken)
                );
            }
            await using var batches = new DcsmScorer(clip, head);
            await MeasureAsync("batched", clients, requests, each => BatchesAsync(batches, picture, clients, each, cancellationToken));
        }
    }

    private static async Task MeasureAsync(string name, int clients, int requests, Func<int, Task<double[]>> run)
    {
        int each = Math.Max(1, requests / clients);
        await run(Math.Max(1, each / 8));
        long start = Stopwatch.GetTimestamp();
        double[] milliseconds = await run(each);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(milliseconds);
        (double median, double late) = (milliseconds[milliseconds.Length / 2], milliseconds[milliseconds.Length * 99 / 100]);
        Console.WriteLine(
            FormattableString.Invariant($"{name, 8}  {clients, 7}  {milliseconds.Length / seconds, 10:0.0}  {median, 7:0.0}  {late, 7:0.0}")
        );
    }

    // Each client asks of its own things, so that no two requests have a caption in common.
    private static string[] Captions(int client) =>
        [
            $"a {Colors[client % 8]} teapot and a {Colors[client / 8 % 8]} car",
            $"a {Colors[client % 8]} guitar and a {Colors[client / 8 % 8]} dog",
        ];

    private static async Task<double[]> ClientsAsync(
        DcsmScorer scorer,
        byte[] picture,
        int clients,
        int each,
        CancellationToken cancellationToken
    )
    {
        // All come at this moment, even those whom the pool of threads begins to serve later.
        long come = Stopwatch.GetTimestamp();
        double[][] all = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client))));
        return [.. all.SelectMany(own => own)];

        async Task<double[]> ClientAsync(int client)
        {
            double[] own = new double[each];
            for (int i = 0; i < own.Length; i++)
            {
                long start = i == 0 ? come : Stopwatch.GetTimestamp();
                await scorer.ScoreAsync(ImageSource.FromBytes(picture, "picture"), Captions(client), cancellationToken);
                own[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            return own;
        }
    }

    private static async Task<double[]> BatchesAsync(
        DcsmScorer scorer,
        byte[] picture,
        int clients,
        int each,
        CancellationToken cancellationToken
    )
    {
        double[] all = new double[each * clients];
        string[] captions = [.. Enumerable.Range(0, clients).SelectMany(Captions)];
        for (int i = 0; i < each; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ImageSource[] images = [.. Enumerable.Range(0, clients).Select(client => ImageSource.FromBytes(picture, $"{client}"))];
            await foreach (
                ImageResult result in scorer.ScorePairsAsync([.. images.SelectMany(own => new[] { own, own })], captions, cancellationToken)
            )
            {
                result.ThrowIfFailed();
            }
            all.AsSpan(i * clients, clients).Fill(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return all;
    }
}
