namespace Dcsm.Data.Scenes.Folders;

/// <summary>An object of a stored scene.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Box">The visible part's box in pixels, to a hundredth.</param>
/// <param name="Color">The tint's name, or null for the object's own colors.</param>
/// <param name="CenterX">Center from the left, as a fraction of the picture's side.</param>
/// <param name="CenterY">Center from the top, as a fraction of the picture's side.</param>
/// <param name="Size">Longer side, as a fraction of the picture's side.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
public sealed record SceneRecordObject(string Name, SceneBox Box, string? Color, float CenterX, float CenterY, float Size, bool Mirrored);
