using System.Diagnostics;
using System.Globalization;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;

namespace Dcsm.Benchmarks.Works;

/// <summary>Training steps at the official batch, embeddings at hand; both begin with the same head and see the same batches.</summary>
internal sealed class StepWork : IWork
{
    private const int Steps = 50;

    public string Name => "step";

    public IEnumerable<Row> Measure(Session session)
    {
        const string Work = "training step, 3 data sets × 2 versions × 16 × 16 maps, embeddings at hand";
        using var ours = new OwnTraining();
        using var official = new OfficialHead(ours.Head);
        Session.Say(Work);
        List<double> own = [],
            peer = [],
            differences = [];
        for (int step = 0; step < Steps; step++)
        {
            double loss = 0,
                wanted = 0;
            Action[] ways =
            [
                () => loss = ours.Step(step),
                () => wanted = official.Train(ours.Batches[step % OwnTraining.Count].Official, OfficialBatch.Sets),
            ];
            List<double>[] lists = [own, peer];
            for (int i = 0; i < 2; i++)
            {
                int way = (i + step) % 2;
                Thread.Sleep(10);
                long start = Stopwatch.GetTimestamp();
                ways[way]();
                lists[way].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            differences.Add(Math.Abs(loss - wanted));
            if (!(differences[^1] <= 1e-3))
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"step {step + 1}: the loss is {loss} by ours and {wanted} by libtorch; 0.001 is allowed"
                    )
                );
            }
        }
        // The first two are compilation and the first touch of memory.
        yield return Row.Time(
            Work,
            "libtorch",
            3,
            new Samples(own[2..]),
            new Samples(peer[2..]),
            "ms",
            string.Create(CultureInfo.InvariantCulture, $"losses of {Steps} steps differ by {differences.Max():0.#e0} at most")
        );

        if (session.Python is not { } python)
            yield break;
        using var again = new OwnTraining();
        float first = (float)again.Step(0);
        Session.Equal("step, Python", [first], python.Check(Name, again.Tensors, again.Settings), 1e-3);
        Samples[] samples = Alternation.Run(session.Runs, 0.1, () => again.Step(1), () => python.Run(Name));
        yield return Row.Time(Work, python.Version, null, samples[0], samples[1]);
    }
}
