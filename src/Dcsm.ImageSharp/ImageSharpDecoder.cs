using Dcsm.Clip.Preprocessing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Formats.Tga;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Dcsm.ImageSharp;

/// <summary>TIFF and TGA, which Skia does not know, by SixLabors.ImageSharp; pixels as Pillow converts them to RGB. Thread-safe.</summary>
/// <remarks>The library's other decoders are not loaded: whatever a file claims to be, they are never run on it.</remarks>
public sealed class ImageSharpDecoder : IPictureDecoder
{
    // More than the largest picture needs in 16 bits, so that no file can ask for all memory.
    private const int MostMegabytes = 2048;
    private const int DeepBits = 16;

    private static readonly Configuration Known = new(new TiffConfigurationModule(), new TgaConfigurationModule())
    {
        MemoryAllocator = MemoryAllocator.Create(
            new MemoryAllocatorOptions { AllocationLimitMegabytes = MostMegabytes, MaximumPoolSizeMegabytes = 64 }
        ),
        PreferContiguousImageBuffers = false,
    };

    /// <summary>Makes the decoder known to all that opens pictures in this process.</summary>
    public static void Register() => PictureDecoders.Add(new ImageSharpDecoder());

    /// <inheritdoc/>
    public string Formats => "TIFF, TGA";

    /// <inheritdoc/>
    public (int Width, int Height)? Measure(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return Image.Identify(Known, new MemoryStream(file)) is { } info ? (info.Width, info.Height) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw Damaged(e);
        }
    }

    /// <inheritdoc/>
    public (int Width, int Height) Decode(byte[] file, Span<byte> rgba)
    {
        ArgumentNullException.ThrowIfNull(file);
        Image<Rgba64> picture;
        try
        {
            picture = file is [(byte)'I', (byte)'I', ..] or [(byte)'M', (byte)'M', ..] ? Tiff(file) : Tga(file);
        }
        catch (Exception e) when (e is not OutOfMemoryException and not InvalidDataException)
        {
            throw Damaged(e);
        }

        using (picture)
        {
            TiffFrameMetadata tiff = picture.Frames.RootFrame.Metadata.GetTiffMetadata();
            bool clips = tiff.BitsPerSample is { Channel0: DeepBits, Channels: 1 };
            Copy(picture, rgba, clips);
            return (picture.Width, picture.Height);
        }
    }

    private static Image<Rgba64> Tiff(byte[] file)
    {
        var picture = Image.Load<Rgba64>(Known, file, new TiffDecoder { DecodingMode = FrameDecodingMode.First });
        ExifProfile? tags = picture.Frames.RootFrame.Metadata.ExifProfile;
        Number[] starts = tags?.GetValue(ExifTag.StripOffsets)?.Value ?? [],
            lengths = tags?.GetValue(ExifTag.StripByteCounts)?.Value ?? [];
        // ImageSharp takes what is missing for black.
        if (starts.Zip(lengths, (start, length) => (long)(uint)start + (uint)length).Any(end => end > file.Length))
        {
            picture.Dispose();
            throw new InvalidDataException("it is cut short");
        }

        // As Pillow does with this format, whatever is done with JPEG's.
        picture.Metadata.ExifProfile = tags;
        picture.Mutate(context => context.AutoOrient());
        return picture;
    }

    private static Image<Rgba64> Tga(byte[] file) =>
        TgaRows.AreCut(file) ? throw new InvalidDataException("it is cut short") : Image.Load<Rgba64>(Known, file, new TgaDecoder());

    // Gray of 16 bits is clipped at 255, as by Pillow; of other deep samples the high byte is kept.
    private static void Copy(Image<Rgba64> picture, Span<byte> rgba, bool clips)
    {
        int to = 0;
        for (int y = 0; y < picture.Height; y++)
        {
            foreach (Rgba64 pixel in picture.DangerousGetPixelRowMemory(y).Span)
            {
                (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = clips
                    ? (
                        (byte)Math.Min((ushort)255, pixel.R),
                        (byte)Math.Min((ushort)255, pixel.G),
                        (byte)Math.Min((ushort)255, pixel.B),
                        (byte)255
                    )
                    : ((byte)(pixel.R >> 8), (byte)(pixel.G >> 8), (byte)(pixel.B >> 8), (byte)(pixel.A >> 8));
                to += 4;
            }
        }
    }

    // What the library throws at damaged files is of many kinds.
    private static InvalidDataException Damaged(Exception e) =>
        new($"the picture is damaged, or of a kind that can't be decoded ({e.Message.ReplaceLineEndings(" ")})", e);
}
