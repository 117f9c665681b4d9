namespace Dcsm.Data.Scenes;

/// <summary>An object put into a scene. Places and sizes are fractions of the picture's side, y grows downwards.</summary>
/// <param name="Object">Index into <see cref="ObjectLibrary.Objects"/>.</param>
/// <param name="CenterX">Center of the visible object's box, from the left.</param>
/// <param name="CenterY">Center of the visible object's box, from the top.</param>
/// <param name="Size">Longer side of the visible object's box.</param>
/// <param name="Color">Index into <see cref="SceneColors"/>; −1 for the object's own colors.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
public sealed record PlacedObject(int Object, float CenterX, float CenterY, float Size, int Color, bool Mirrored);
