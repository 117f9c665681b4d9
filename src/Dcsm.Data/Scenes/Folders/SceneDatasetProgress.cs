namespace Dcsm.Data.Scenes.Folders;

/// <summary>How far the writing of a data set is.</summary>
/// <param name="Done">Samples written, those found from an earlier run included.</param>
/// <param name="Total">Samples to write.</param>
public readonly record struct SceneDatasetProgress(int Done, int Total);
