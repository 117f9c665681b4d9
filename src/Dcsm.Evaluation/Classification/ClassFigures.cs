using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Classification;

/// <summary>How well pictures are named.</summary>
public sealed record ClassFigures
{
    /// <summary>What was asked with: a template, "ensemble", a probe.</summary>
    public required string Name { get; init; }

    /// <summary>Share of pictures named rightly, with Wilson's interval.</summary>
    public required Estimate Top1 { get; init; }

    /// <summary>Share of pictures whose class is among the best five; null with fewer than five classes.</summary>
    public Estimate? Top5 { get; init; }

    /// <summary>Mean over classes of the share named rightly; bootstrap over pictures within classes.</summary>
    public required Estimate MeanPerClassRecall { get; init; }

    /// <summary>Mean over classes of average precision; null where pictures have one class each.</summary>
    public double? MeanAveragePrecision { get; init; }
}
