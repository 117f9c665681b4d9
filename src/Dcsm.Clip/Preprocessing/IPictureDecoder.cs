namespace Dcsm.Clip.Preprocessing;

/// <summary>Decodes picture files that Skia does not know; <see cref="PictureDecoders.Add"/> makes it known. Thread-safe.</summary>
public interface IPictureDecoder
{
    /// <summary>The formats, for messages: "TIFF, TGA".</summary>
    string Formats { get; }

    /// <summary>Width and height by the head of a file; null where it is of another format.</summary>
    /// <param name="file">The file's content.</param>
    (int Width, int Height)? Measure(byte[] file);

    /// <summary>Decodes the first picture of a file.</summary>
    /// <param name="file">The file's content, which <see cref="Measure"/> knew.</param>
    /// <param name="rgba">
    /// Red, green, blue and alpha, not premultiplied, to be filled: as many pixels as <see cref="Measure"/> said, row by row.
    /// </param>
    /// <returns>Width and height of the result: those measured, or the other way round where the file asks for a turn.</returns>
    /// <exception cref="InvalidDataException">It is damaged or cut short, or of a kind that can't be decoded.</exception>
    (int Width, int Height) Decode(byte[] file, Span<byte> rgba);
}
