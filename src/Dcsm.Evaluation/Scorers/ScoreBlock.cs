namespace Dcsm.Evaluation.Scorers;

/// <summary>Images and captions that belong to one item, as ranges of larger encodings: each of the images is scored with each of the captions.</summary>
/// <param name="FirstImage">The first image.</param>
/// <param name="Images">How many images.</param>
/// <param name="FirstCaption">The first caption.</param>
/// <param name="Captions">How many captions.</param>
public readonly record struct ScoreBlock(int FirstImage, int Images, int FirstCaption, int Captions);
