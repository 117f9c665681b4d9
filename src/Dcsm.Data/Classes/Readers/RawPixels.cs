using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Dcsm.Data.Classes.Readers;

/// <summary>Pixels that files hold without a format, as pictures: what decodes pictures knows PNM.</summary>
internal static class RawPixels
{
    /// <summary>A gray picture.</summary>
    public static byte[] Gray(ReadOnlySpan<byte> pixels, int width, int height) => [.. Header("P5", width, height), .. pixels];

    /// <summary>A picture whose red, green and blue planes follow one another.</summary>
    public static byte[] Planes(ReadOnlySpan<byte> planes, int width, int height)
    {
        byte[] header = Header("P6", width, height);
        byte[] picture = new byte[header.Length + planes.Length];
        header.CopyTo(picture, 0);
        int size = width * height;
        for (int i = 0, to = header.Length; i < size; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                picture[to++] = planes[(channel * size) + i];
        }

        return picture;
    }

    /// <summary>A picture of interleaved red, green and blue.</summary>
    public static byte[] Rgb(ReadOnlySpan<byte> pixels, int width, int height) => [.. Header("P6", width, height), .. pixels];

    /// <summary>The content of a file, unpacked where it is gzipped.</summary>
    public static byte[] ReadUnpacked(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            return File.ReadAllBytes(path);
        try
        {
            using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            var content = new MemoryStream();
            unpacked.CopyTo(content);
            return content.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: is no gzip file, or damaged", e);
        }
    }

    private static byte[] Header(string kind, int width, int height) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}\n{width} {height}\n255\n"));
}
