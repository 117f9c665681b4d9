using Dcsm.Data.Scenes;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>What is known of a thing, or of several of one name, in a picture.</summary>
/// <param name="IsNamed">Whether it is to be seen so clearly that captions may name it.</param>
/// <param name="Box">The box to show, in pixels of the picture; null where there is none.</param>
/// <param name="Color">Its color, by number, where it is the only one of its name and its color is known.</param>
/// <param name="Evidence">What is annotated, in words: "1 box".</param>
internal sealed record NounFact(bool IsNamed, SceneBox? Box, int Color, string Evidence);
