namespace Dcsm.Training.Heads;

/// <summary>How long an epoch is.</summary>
internal static class HeadEpoch
{
    /// <summary>
    /// Steps of one pass through the longest stream that ends; where none ends, the steps that one pool of samples is used for.
    /// </summary>
    public static int Steps(IHeadTrainingSource source, HeadTrainingOptions options)
    {
        long longest = Enumerable.Range(0, source.Streams.Count).Max(stream => source.Count(stream) ?? 0);
        if (longest == 0)
            longest = (long)options.PoolSamples * options.Reuse;
        return (int)Math.Clamp((longest + options.SamplesPerStream - 1) / options.SamplesPerStream, 1, int.MaxValue);
    }
}
