using System.Collections.Concurrent;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>Which pictures of a list are in a store, row by row: all of them, or those that can be read.</summary>
/// <param name="clip">Decodes and encodes them.</param>
/// <param name="images">The list.</param>
/// <param name="failed">Told of those that can't be read; null to throw.</param>
internal sealed class ReadableImages(ClipModel clip, IReadOnlyList<ImageToEncode> images, Action<ImageSource, Exception>? failed)
{
    private readonly ConcurrentDictionary<string, Exception> _broken = new(StringComparer.Ordinal);

    // The place in the list of each row.
    private readonly List<int> _rows = [];

    // The place in the list of what comes next.
    private int _next;

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Those that can't be read, so far.</summary>
    public int LeftOut => _broken.Count;

    /// <summary>What is wrong with one of those that can't be read.</summary>
    public string Error => _broken.Values.Select(error => error.Message).Min(StringComparer.Ordinal) ?? "";

    /// <summary>The picture of a row.</summary>
    public ImageToEncode this[int row] => images[_rows[row]];

    /// <summary>Takes the picture of the next row, as an earlier run has stored it.</summary>
    /// <returns>Whether it is in the list, and those between can still not be read.</returns>
    public bool TryFollow(string name)
    {
        while (_next < images.Count && images[_next].Name != name)
        {
            if (!IsBroken(images[_next++]))
                return false;
        }

        if (_next == images.Count)
            return false;
        _rows.Add(_next++);
        return true;
    }

    /// <summary>Whether what is left of the list can't be read.</summary>
    public bool TryEnd() => images.Skip(_next).All(IsBroken);

    /// <summary>Forgets later rows.</summary>
    public void Cut(int rows)
    {
        if (rows == Count)
            return;
        _next = _rows[rows];
        _rows.RemoveRange(rows, Count - rows);
    }

    /// <summary>Encodes the next ones that can be read, at most so many; none at the end of the list.</summary>
    public ImageEncoding Encode(int most, CancellationToken cancellationToken)
    {
        using IEnumerator<ImageSource> rest = images.Skip(_next).Select(image => ImageSource.FromFile(image.Path)).GetEnumerator();
        var read = new List<ImageSource>();
        ImageEncoding encoding = clip.EncodeReadableImages(rest, most, read, failed is null ? null : Leave, cancellationToken);
        foreach (ImageSource image in read)
        {
            while (images[_next].Path != image.Name)
                _next++;
            _rows.Add(_next++);
        }

        if (read.Count < most)
            _next = images.Count;
        return encoding;
    }

    /// <summary>The input without those that can't be read, and without the pairs that they are in.</summary>
    public EmbeddingStoreInput Of(EmbeddingStoreInput input)
    {
        if (Count == images.Count)
            return input;
        var rows = _rows.Index().ToDictionary(row => row.Item, row => row.Index);
        return input with
        {
            Images = [.. _rows.Select(image => images[image])],
            Pairs = [.. input.Pairs.Where(pair => rows.ContainsKey(pair.Image)).Select(pair => pair with { Image = rows[pair.Image] })],
        };
    }

    private bool IsBroken(ImageToEncode image)
    {
        if (_broken.ContainsKey(image.Path))
            return true;
        try
        {
            RgbImage.Load(image.Path, clip.Pictures with { Warn = null });
            return false;
        }
        catch (Exception e) when (failed is not null && e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Leave(image.Path, e);
            return true;
        }
    }

    private void Leave(ImageSource image, Exception error)
    {
        _broken[image.Name] = error;
        failed!(image, error);
    }
}
