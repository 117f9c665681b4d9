using System.Text.Json;

namespace Dcsm.Benchmarks;

/// <summary>What a run of <c>memory</c> took, and how memory went with the pairs that were done.</summary>
internal sealed record MemoryRun(
    int Images,
    int Captions,
    bool Embeddings,
    double Seconds,
    IReadOnlyList<(long Pairs, ResidentMemory Memory)> Memory
)
{
    private double MostOwn => Memory.Max(m => m.Memory.Own);

    public void WriteJson() =>
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    images = Images,
                    captions = Captions,
                    embeddings = Embeddings,
                    seconds = Seconds,
                    peakMegabytes = ResidentMemory.Peak(),
                    peakOwnMegabytes = MostOwn,
                    growthMegabytes = Growth(m => m.Own + m.Files),
                    growthOwnMegabytes = Growth(m => m.Own),
                }
            )
        );

    public void WriteText()
    {
        Console.WriteLine("                 own memory   mapped files");
        foreach ((long done, ResidentMemory memory) in Memory.Where((_, i) => i % Math.Max(1, Memory.Count / 10) == 0))
            Console.WriteLine(FormattableString.Invariant($"{done, 12:#,0} pairs   {memory.Own, 7:0} MiB   {memory.Files, 7:0} MiB"));
        Console.WriteLine(
            FormattableString.Invariant($"{Images} {(Embeddings ? "embeddings" : "pictures")} × {Captions} captions in {Seconds:0.0} s: ")
                + FormattableString.Invariant($"peak {ResidentMemory.Peak():0} MiB; own memory at most {MostOwn:0} MiB, ")
                + FormattableString.Invariant(
                    $"in the second half {Growth(m => m.Own):+0;-0;0} MiB over the first; {Images / Seconds:0} images/s"
                )
        );
    }

    private double Growth(Func<ResidentMemory, double> part) => Most(part, second: true) - Most(part, second: false);

    // The first tenth is compilation and warming up.
    private double Most(Func<ResidentMemory, double> part, bool second)
    {
        long pairs = (long)Images * Captions;
        return Memory
            .Where(m => second ? m.Pairs > pairs / 2 : m.Pairs > pairs / 10 && m.Pairs <= pairs / 2)
            .Select(m => part(m.Memory))
            .DefaultIfEmpty()
            .Max();
    }
}
