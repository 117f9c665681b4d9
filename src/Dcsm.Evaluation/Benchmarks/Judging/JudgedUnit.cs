namespace Dcsm.Evaluation.Benchmarks.Judging;

/// <summary>An item, pair, set or query as it was judged.</summary>
/// <param name="Cluster">What it is drawn with: its picture, or a set of them.</param>
/// <param name="Group">Its group; empty where there is none.</param>
/// <param name="Value">What it counts, 0 to 1.</param>
/// <param name="Right">Whether it is right as a whole.</param>
/// <param name="Category">What its group belongs to; empty where there is none.</param>
internal readonly record struct JudgedUnit(string Cluster, string Group, double Value, bool Right, string Category = "");
