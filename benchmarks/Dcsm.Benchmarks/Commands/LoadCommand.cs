using System.CommandLine;
using System.Diagnostics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>load</c>: clients that share a scorer, each asking again when it has its answer; how long they wait.</summary>
internal static class LoadCommand
{
    private static readonly string[] Captions = ["a red teapot and a blue car", "a blue teapot and a red car"];

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
        Console.WriteLine("at once  clients  requests/s   p50 ms   p99 ms");
        foreach (int clients in (int[])[1, 8, 64])
        {
            foreach (int atOnce in (int[])[1, 2, 0])
            {
                await using var scorer = new DcsmScorer(clip, head, new DcsmScorerOptions { ConcurrentRuns = atOnce });
                await ClientsAsync(scorer, picture, clients, Math.Max(clients, requests / 8), cancellationToken);
                long start = Stopwatch.GetTimestamp();
                double[] milliseconds = await ClientsAsync(scorer, picture, clients, requests, cancellationToken);
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                Array.Sort(milliseconds);
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{(atOnce == 0 ? "any" : $"{atOnce}"), 7}  {clients, 7}  {milliseconds.Length / seconds, 10:0.0}  "
                    )
                        + FormattableString.Invariant(
                            $"{milliseconds[milliseconds.Length / 2], 7:0.0}  {milliseconds[milliseconds.Length * 99 / 100], 7:0.0}"
                        )
                );
            }
        }
    }

    private static async Task<double[]> ClientsAsync(
        DcsmScorer scorer,
        byte[] picture,
        int clients,
        int requests,
        CancellationToken cancellationToken
    )
    {
        double[][] all = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(ClientAsync, cancellationToken)));
        return [.. all.SelectMany(own => own)];

        async Task<double[]> ClientAsync()
        {
            double[] own = new double[requests / clients];
            for (int i = 0; i < own.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await scorer.ScoreAsync(ImageSource.FromBytes(picture, "picture"), Captions, cancellationToken);
                own[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            return own;
        }
    }
}
