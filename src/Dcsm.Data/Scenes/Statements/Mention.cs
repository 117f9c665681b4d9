namespace Dcsm.Data.Scenes.Statements;

/// <summary>An object as a statement names it.</summary>
/// <param name="Object">Index into <see cref="ObjectLibrary.Objects"/>, or into the nouns of a data set.</param>
/// <param name="Color">
/// Index into <see cref="SceneColors"/>, or into the colors of a data set; <see cref="SceneColors.None"/> where no color is said.
/// </param>
/// <param name="Size">The size that is said, if any.</param>
/// <param name="IsAbsent">Whether the statement says that there is no such object.</param>
public sealed record Mention(int Object, int Color = SceneColors.None, ObjectSize? Size = null, bool IsAbsent = false);
