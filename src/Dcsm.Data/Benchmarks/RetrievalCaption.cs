namespace Dcsm.Data.Benchmarks;

/// <summary>A caption and the picture that it describes.</summary>
/// <param name="Text">The caption.</param>
/// <param name="Image">Place of its picture in <see cref="RetrievalBenchmark.Images"/>.</param>
public sealed record RetrievalCaption(string Text, int Image);
