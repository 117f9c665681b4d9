using Dcsm.Clip.Preprocessing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Dcsm.ImageSharp;

/// <summary>Pictures of SixLabors.ImageSharp that are in memory already.</summary>
public static class ImageSharpPictures
{
    /// <summary>Copies a picture, to be prepared and scored like one that was opened from a file.</summary>
    /// <param name="image">The picture; of an animation the first frame is taken.</param>
    public static RgbImage ToRgbImage(this Image<Rgb24> image)
    {
        ArgumentNullException.ThrowIfNull(image);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(checked(image.Width * image.Height * 3));
        image.CopyPixelDataTo(pixels);
        return new RgbImage(image.Width, image.Height, pixels);
    }
}
