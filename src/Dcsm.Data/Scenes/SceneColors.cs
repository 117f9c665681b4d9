namespace Dcsm.Data.Scenes;

/// <summary>The eight tints of scenes, chosen to stay apart (data/objects/README.md).</summary>
public static class SceneColors
{
    /// <summary>The names as they stand in captions; the place of a name is its index in <see cref="PlacedObject.Color"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["red", "green", "blue", "yellow", "purple", "orange", "white", "black"];

    /// <summary>The index of an object that keeps its own colors.</summary>
    public const int None = -1;

    /// <summary>How many tints there are.</summary>
    public static int Count => Names.Count;

    private static readonly (byte Red, byte Green, byte Blue)[] Values =
    [
        (225, 40, 45),
        (45, 165, 65),
        (50, 85, 225),
        (240, 215, 50),
        (145, 55, 180),
        (245, 140, 30),
        (240, 240, 240),
        (45, 45, 50),
    ];

    /// <summary>The tint of an index, 0…255 a channel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such tint.</exception>
    public static (byte Red, byte Green, byte Blue) Rgb(int color)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(color);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(color, Count);
        return Values[color];
    }

    /// <summary>The index of a tint's name, or <see cref="None"/> where there is no such tint.</summary>
    public static int IndexOf(string name)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return i;
        }

        return None;
    }
}
