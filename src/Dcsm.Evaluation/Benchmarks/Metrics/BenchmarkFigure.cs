namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>One figure of a result: a number, a text, nothing, or a range where ties leave the number open.</summary>
/// <param name="Key">Dotted path, such as "direct.first.by_group.left.accuracy"; elements of lists go by their place.</param>
public sealed record BenchmarkFigure(string Key)
{
    /// <summary>The number; NaN where there is nothing to take one of, null where the figure is a text.</summary>
    public double? Number { get; private init; }

    /// <summary>The largest number that it can be, where ties leave it open; otherwise the same as <see cref="Number"/>.</summary>
    public double? Highest { get; private init; }

    /// <summary>The text; null where the figure is a number. Lists of plain values are one text, separated by commas.</summary>
    public string? Text { get; private init; }

    /// <summary>Whether ties leave the number open between <see cref="Number"/> and <see cref="Highest"/>.</summary>
    public bool IsRange => Number < Highest;

    /// <summary>A number; null and NaN are nothing.</summary>
    public static BenchmarkFigure Of(string key, double? number) =>
        new(key) { Number = number ?? double.NaN, Highest = number ?? double.NaN };

    /// <summary>A text.</summary>
    public static BenchmarkFigure Of(string key, string text) => new(key) { Text = text };

    /// <summary>A number between two ends, both possible.</summary>
    public static BenchmarkFigure Between(string key, double lowest, double highest) => new(key) { Number = lowest, Highest = highest };
}
