namespace Dcsm.Data.Classes;

/// <summary>Pictures that belong to classes.</summary>
public sealed class ClassifiedSet
{
    /// <param name="source">Where it was read from: <c>folder:pictures</c>.</param>
    /// <param name="classes">The classes, at least two.</param>
    /// <param name="pictures">The pictures, at least one.</param>
    /// <exception cref="InvalidDataException">There are fewer than two classes, or no pictures.</exception>
    public ClassifiedSet(string source, IReadOnlyList<PictureClass> classes, IReadOnlyList<ClassifiedPicture> pictures)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(pictures);
        if (classes.Count < 2)
        {
            string found = classes.Count == 0 ? "no class" : $"the class '{classes[0].Key}' alone";
            throw new InvalidDataException($"{source}: has {found}; there must be two at least to tell apart");
        }

        if (pictures.Count == 0)
            throw new InvalidDataException($"{source}: has no pictures");
        (Source, Classes, Pictures) = (source, classes, pictures);
        HasSeveralLabels = pictures.Any(picture => picture.Labels.Count > 1);
    }

    /// <summary>Where it was read from.</summary>
    public string Source { get; }

    /// <summary>The classes.</summary>
    public IReadOnlyList<PictureClass> Classes { get; }

    /// <summary>The pictures.</summary>
    public IReadOnlyList<ClassifiedPicture> Pictures { get; }

    /// <summary>Whether a picture belongs to more than one class.</summary>
    public bool HasSeveralLabels { get; }

    /// <summary>The same with some of the pictures.</summary>
    /// <param name="pictures">Their places.</param>
    public ClassifiedSet Take(IEnumerable<int> pictures) => new(Source, Classes, [.. pictures.Select(i => Pictures[i])]);
}
