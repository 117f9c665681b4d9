namespace Dcsm.Scoring;

/// <summary>What is encoded and held at a time.</summary>
/// <typeparam name="T">What names an image or a caption: a file and a text, or numbers in a store.</typeparam>
/// <param name="Images">Each image once.</param>
/// <param name="Captions">Each caption once.</param>
internal abstract record Batch<T>(IReadOnlyList<T> Images, IReadOnlyList<T> Captions);
