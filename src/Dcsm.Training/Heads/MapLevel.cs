using Dcsm.Head;
using Dcsm.Training.Heads.Statements;
using Dcsm.Training.Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads;

/// <summary>Measures what <see cref="Maps.MapStandardization.Fixed"/> standardizes maps by.</summary>
internal static class MapLevel
{
    private const int Groups = 6;

    /// <summary>Mean and deviation of the maps of the first samples of each stream; always of the same ones.</summary>
    /// <returns>The configuration with both.</returns>
    public static DcsmConfig Measure(
        IHeadTrainingSource source,
        HeadTrainingOptions options,
        DcsmConfig config,
        SampleEncoder encoder,
        CancellationToken cancellationToken
    )
    {
        float[] rows = DcsmHeadWeights.Create(config, options.Seed, options.RowValues).FunctionalRows.ToArray();
        double sum = 0,
            squares = 0;
        long count = 0;
        for (int stream = 0; stream < source.Streams.Count; stream++)
        {
            for (long i = 0; i < Math.Min(Groups, source.Count(stream) ?? Groups); i++)
            {
                using DisposeScope scope = NewDisposeScope();
                EncodedGroup[] group = encoder.EncodeGroups(source, [(stream, i)], cancellationToken);
                Tensor maps = HeadPairBatch
                    .Join(group, config)
                    .PlacedMaps(tensor(rows, [config.Words.Words.Count, config.ImageTokens]))
                    .to(ScalarType.Float64);
                (sum, squares, count) = (
                    sum + maps.sum().item<double>(),
                    squares + (maps * maps).sum().item<double>(),
                    count + maps.numel()
                );
            }
        }

        double mean = sum / count,
            deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        return deviation > 0
            ? config with
            {
                // Digits beyond these say nothing.
                MapMean = Math.Round(mean, 6),
                MapDeviation = Math.Max(1e-6, Math.Round(deviation, 6)),
            }
            : throw new InvalidDataException("all values of the first maps are the same; there is nothing to learn from");
    }
}
