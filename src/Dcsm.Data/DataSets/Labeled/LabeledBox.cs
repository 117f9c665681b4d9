using Dcsm.Data.Scenes;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Where a thing is that a caption names.</summary>
/// <param name="Name">The thing.</param>
/// <param name="Box">Its box, in pixels of the picture.</param>
public sealed record LabeledBox(string Name, SceneBox Box);
