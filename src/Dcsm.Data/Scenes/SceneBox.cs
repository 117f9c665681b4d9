namespace Dcsm.Data.Scenes;

/// <summary>A box, as fractions of the picture's side (or in pixels where a member says so); y grows downwards.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public readonly record struct SceneBox(float Left, float Top, float Width, float Height)
{
    /// <summary>Right edge.</summary>
    public float Right => Left + Width;

    /// <summary>Lower edge.</summary>
    public float Bottom => Top + Height;

    /// <summary>The area that two boxes share, as a fraction of the smaller one's; 0 where they do not meet.</summary>
    public float Overlap(SceneBox other)
    {
        float width = MathF.Min(Right, other.Right) - MathF.Max(Left, other.Left);
        float height = MathF.Min(Bottom, other.Bottom) - MathF.Max(Top, other.Top);
        return width <= 0 || height <= 0 ? 0 : width * height / MathF.Min(Width * Height, other.Width * other.Height);
    }
}
