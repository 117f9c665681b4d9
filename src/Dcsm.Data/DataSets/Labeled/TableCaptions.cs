namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Gathers the captions of a table by picture.</summary>
internal sealed class TableCaptions(string format, string path)
{
    private readonly List<TablePicture> _pictures = [];
    private readonly Dictionary<string, TablePicture> _byPath = new(StringComparer.Ordinal);
    private int _twice,
        _strange;

    /// <summary>Whether rows say what is true; otherwise they are captions, which are.</summary>
    public bool Labeled { get; init; } = true;

    /// <summary>Passes over a caption of a picture that there is none of.</summary>
    public void PassOver() => _strange++;

    /// <exception cref="InvalidDataException">An earlier row says the contrary.</exception>
    public void Add((string Name, string Path) image, string caption, bool isTrue, string kind, string place)
    {
        if (!_byPath.TryGetValue(Path.GetFullPath(image.Path), out TablePicture? picture))
        {
            _byPath.Add(Path.GetFullPath(image.Path), picture = new TablePicture(image.Name, image.Path));
            _pictures.Add(picture);
        }

        if (picture.Captions.TryAdd(caption, new TableCaption(caption, isTrue, kind, place)))
            return;
        if (picture.Captions[caption].IsTrue != isTrue)
        {
            throw new InvalidDataException(
                $"{place}: '{caption}' is {(isTrue ? "true" : "false")} of {image.Name}, and {picture.Captions[caption].Place} says the "
                    + "contrary"
            );
        }

        _twice++;
    }

    public LabeledSet Build(ulong splitSeed)
    {
        var builder = new HardNegativeSetBuilder(format, path);
        builder.Remark(_strange, "captions are of pictures that are not in it");
        builder.Remark(_twice, "captions are said twice of a picture, and count once");
        int one = _pictures.Count(picture =>
            picture.Captions.Values.All(caption => caption.IsTrue == picture.Captions.Values.First().IsTrue)
        );
        builder.Remark(
            Labeled ? one : 0,
            "pictures have only true captions, or only false ones; they count by themselves, but teach no choice"
        );
        return LabeledSet.Create(format, _pictures, picture => picture.Name, splitSeed, part => new TablePart(part), builder);
    }
}
