namespace Dcsm.Evaluation.Geometry;

/// <summary>Unit vectors of pictures and texts, of which the conditions of an ideal CLIP are asked.</summary>
public sealed class GeometryEmbeddings
{
    private readonly Dictionary<GeometryPicture, double[]> _pictures = [];
    private readonly Dictionary<string, double[]> _texts = new(StringComparer.Ordinal);

    /// <param name="concepts">The concepts, in order.</param>
    /// <param name="attributes">The attributes.</param>
    /// <param name="places">The places.</param>
    /// <param name="relations">The relations.</param>
    public GeometryEmbeddings(
        IReadOnlyList<string> concepts,
        IReadOnlyList<string> attributes,
        IReadOnlyList<string> places,
        IReadOnlyList<string> relations
    ) => (Concepts, Attributes, Places, Relations) = (concepts, attributes, places, relations);

    /// <summary>The concepts.</summary>
    public IReadOnlyList<string> Concepts { get; }

    /// <summary>The attributes.</summary>
    public IReadOnlyList<string> Attributes { get; }

    /// <summary>The places.</summary>
    public IReadOnlyList<string> Places { get; }

    /// <summary>The relations.</summary>
    public IReadOnlyList<string> Relations { get; }

    /// <summary>How a concept that is not there is called.</summary>
    public static string Not(string concept) => $"not {concept}";

    /// <summary>Adds a picture.</summary>
    /// <exception cref="InvalidDataException">The vector is no direction.</exception>
    public void Add(GeometryPicture picture, ReadOnlySpan<float> vector)
    {
        ArgumentNullException.ThrowIfNull(picture);
        _pictures[picture] = Unit(vector, picture.ToString());
    }

    /// <summary>Adds the text of a concept, an attribute, or <see cref="Not"/> of a concept.</summary>
    /// <exception cref="InvalidDataException">The vector is no direction.</exception>
    public void Add(string text, ReadOnlySpan<float> vector) => _texts[text] = Unit(vector, text);

    /// <summary>The vector of a picture; null where there is none.</summary>
    internal double[]? Find(GeometryPicture picture) => _pictures.GetValueOrDefault(picture);

    /// <summary>The vector of a text; null where there is none.</summary>
    internal double[]? Find(string text) => _texts.GetValueOrDefault(text);

    private static double[] Unit(ReadOnlySpan<float> vector, string what)
    {
        double sum = 0;
        foreach (float value in vector)
            sum += (double)value * value;
        double length = Math.Sqrt(sum);
        if (!(length > 0) || !double.IsFinite(length))
            throw new InvalidDataException($"{what}: the embedding is 0 or not a number");
        double[] unit = new double[vector.Length];
        for (int i = 0; i < unit.Length; i++)
            unit[i] = vector[i] / length;
        return unit;
    }
}
