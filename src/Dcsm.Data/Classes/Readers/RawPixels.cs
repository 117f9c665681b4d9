using System.Globalization;
using System.IO.Compression;
using System.Text;
using Dcsm.IO.Files;

namespace Dcsm.Data.Classes.Readers;

/// <summary>Pixels that files hold without a format, as pictures: what decodes pictures knows PNM.</summary>
internal static class RawPixels
{
    // MNIST's 60,000 pictures are 47 MB.
    private const int MostUnpacked = 1 << 30;

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
            return RegularFile.ReadAll(path);
        try
        {
            using var unpacked = new GZipStream(RegularFile.OpenRead(path), CompressionMode.Decompress);
            var content = new MemoryStream();
            byte[] part = new byte[1 << 16];
            while (unpacked.Read(part) is > 0 and int count)
            {
                content.Write(part, 0, count);
                if (content.Length > MostUnpacked)
                    break;
            }

            if (content.Length <= MostUnpacked)
                return content.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: is no gzip file, or damaged", e);
        }

        throw new InvalidDataException($"{path}: unpacks to more than {MostUnpacked} bytes");
    }

    private static byte[] Header(string kind, int width, int height) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind}\n{width} {height}\n255\n"));
}
