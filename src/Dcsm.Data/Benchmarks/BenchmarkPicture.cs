using System.Text;
using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Data.Benchmarks;

/// <summary>Opens pictures of a benchmark; errors name the picture, what is wrong with it, and the annotation that names it.</summary>
public static class BenchmarkPicture
{
    /// <summary>Width and height in pixels, from the head of the file.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="measure">Measures what Skia does not know; null where nobody does.</param>
    /// <exception cref="FileNotFoundException">The picture is missing.</exception>
    /// <exception cref="InvalidDataException">The file is empty or no picture.</exception>
    public static (int Width, int Height) Size(BenchmarkImage image, Func<string, (int Width, int Height)?>? measure = null) =>
        Open(
            image,
            path =>
            {
                using var codec = SKCodec.Create(path, out SKCodecResult result);
                return codec is not null ? (codec.Info.Width, codec.Info.Height) : measure?.Invoke(path) ?? throw Unknown(path, result);
            }
        );

    /// <summary>Opens a picture with any decoder. An error of the decoder gets the place of the annotation.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="decode">From a path to a picture; throws <see cref="InvalidDataException"/> with a message that names the path.</param>
    /// <exception cref="FileNotFoundException">The picture is missing.</exception>
    /// <exception cref="InvalidDataException">The file is empty, or the decoder refuses it.</exception>
    public static T Open<T>(BenchmarkImage image, Func<string, T> decode)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(decode);
        if (image.Path is not { } path || !File.Exists(path))
            throw new FileNotFoundException($"{image.Place}: image '{image.Name}' does not exist", image.Path);
        if (new FileInfo(path).Length == 0)
            throw new InvalidDataException($"{path}: the image file is empty (0 bytes); named by {image.Place}");
        try
        {
            return decode(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{e.Message.TrimEnd('.')}; named by {image.Place}", e);
        }
    }

    private static InvalidDataException Unknown(string path, SKCodecResult result)
    {
        // Skia calls a text incomplete too, so the first bytes decide.
        Span<byte> start = stackalloc byte[24];
        using FileStream file = RegularFile.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return new InvalidDataException(
            IsPicture(start) ? $"{path}: the image is damaged or cut short ({result})" : $"{path}: is not an image{Text(start)}"
        );
    }

    private static bool IsPicture(ReadOnlySpan<byte> start) =>
        start
            is [0x89, (byte)'P', (byte)'N', (byte)'G', ..]
                or [0xFF, 0xD8, 0xFF, ..]
                or [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..]
                or [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..]
                or [(byte)'B', (byte)'M', ..];

    /// <summary>What a file begins with, where that is text: often a web page of an error that was saved as a picture.</summary>
    private static string Text(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b is (< 32 or > 126) and not (9 or 10 or 13))
                return "";
        }

        return $"; it is text that begins with '{Encoding.ASCII.GetString(start).ReplaceLineEndings(" ").Trim()}'";
    }
}
