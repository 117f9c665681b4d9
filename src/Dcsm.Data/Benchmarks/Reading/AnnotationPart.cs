namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>One of several annotation files of a benchmark.</summary>
/// <param name="Group">What its items are called in figures by group.</param>
/// <param name="Category">What the group belongs to; empty where it belongs to nothing.</param>
/// <param name="Files">The file's places under the root; the published one first.</param>
internal sealed record AnnotationPart(string Group, string Category, IReadOnlyList<string> Files);
