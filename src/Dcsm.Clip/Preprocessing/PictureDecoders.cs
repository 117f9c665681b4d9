using Dcsm.Clip.Preprocessing.Formats;
using Dcsm.IO.Files;

namespace Dcsm.Clip.Preprocessing;

/// <summary>The decoders beside Skia, which is asked first and knows JPEG, PNG, WebP, GIF and BMP.</summary>
public static class PictureDecoders
{
    private static readonly Lock Gate = new();
    private static volatile IPictureDecoder[] _all = [new PnmDecoder(), new QoiDecoder()];

    /// <summary>The formats that can be decoded, for messages.</summary>
    public static string Formats => "JPEG, PNG, WebP, GIF, BMP, " + string.Join(", ", _all.Select(decoder => decoder.Formats));

    /// <summary>Makes a decoder known to all that opens pictures in this process; one of a type is enough.</summary>
    public static void Add(IPictureDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        lock (Gate)
        {
            if (!Array.Exists(_all, known => known.GetType() == decoder.GetType()))
                _all = [.. _all, decoder];
        }
    }

    /// <summary>Width and height of a file that Skia does not know, by its head; null where no decoder knows it.</summary>
    /// <param name="path">The file.</param>
    public static (int Width, int Height)? Measure(string path) =>
        Find(RegularFile.ReadAll(path)) is var (_, width, height) ? (width, height) : null;

    /// <summary>The decoder of a file, and the picture's size; null where none knows it.</summary>
    internal static (IPictureDecoder Decoder, int Width, int Height)? Find(byte[] file)
    {
        foreach (IPictureDecoder decoder in _all)
        {
            if (decoder.Measure(file) is var (width, height))
                return (decoder, width, height);
        }

        return null;
    }
}
