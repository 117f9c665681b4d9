namespace Dcsm.Data.Benchmarks;

/// <summary>A picture of a benchmark.</summary>
/// <param name="Name">The picture as the annotation names it.</param>
/// <param name="Path">Where it was found; null where it is missing and missing pictures are allowed.</param>
/// <param name="Place">The place of the annotation that names it, for errors: "val.csv, line 3, column file_name".</param>
/// <param name="Box">The part that is looked at; null for the whole picture.</param>
public sealed record BenchmarkImage(string Name, string? Path, string Place, CropBox? Box = null);
