using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Pictures of benchmarks as encoders see them.</summary>
public static class BenchmarkPictures
{
    /// <summary>Decodes a picture as an encoder asks, and cuts its box out.</summary>
    /// <exception cref="FileNotFoundException">The picture is missing.</exception>
    /// <exception cref="InvalidDataException">The picture is broken; the message names the annotation that asks for it.</exception>
    public static RgbImage Open(this IEncoder encoder, BenchmarkImage image)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(image);
        RgbImage picture = BenchmarkPicture.Open(image, encoder.Open);
        if (image.Box is not { } box)
            return picture;
        byte[] cropped = PillowCrop.Apply(picture.Pixels, picture.Width, picture.Height, box, out int width, out int height);
        return new RgbImage(width, height, cropped);
    }
}
