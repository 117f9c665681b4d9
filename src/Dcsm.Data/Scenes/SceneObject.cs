using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Data.Scenes;

/// <summary>A rendered thing with a name.</summary>
public sealed class SceneObject
{
    internal SceneObject(string name, string group, string file, NounForm noun, ObjectTexture texture)
    {
        Name = name;
        Group = group;
        File = file;
        Noun = noun;
        Texture = texture;
    }

    /// <summary>The noun that captions use: lower case, one word.</summary>
    public string Name { get; }

    /// <summary>What kind of thing it is, such as "fruit".</summary>
    public string Group { get; }

    /// <summary>Which article the noun takes.</summary>
    public NounForm Noun { get; }

    /// <summary>The picture file, relative to the library's folder.</summary>
    public string File { get; }

    /// <summary>Width of the visible part in the picture file, in pixels.</summary>
    public int Width => Texture.Width;

    /// <summary>Height of the visible part in the picture file, in pixels.</summary>
    public int Height => Texture.Height;

    internal ObjectTexture Texture { get; }

    /// <summary>The box of this object's visible part if it is placed so, as fractions of the picture's side.</summary>
    public SceneBox Box(PlacedObject placed)
    {
        ArgumentNullException.ThrowIfNull(placed);
        float longer = MathF.Max(Width, Height);
        float width = placed.Size * Width / longer;
        float height = placed.Size * Height / longer;
        return new SceneBox(placed.CenterX - (width / 2), placed.CenterY - (height / 2), width, height);
    }
}
