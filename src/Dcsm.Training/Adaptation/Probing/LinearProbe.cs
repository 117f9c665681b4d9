using Dcsm.IO.Safetensors;

namespace Dcsm.Training.Adaptation.Probing;

/// <summary>
/// A linear layer on the pooled embeddings u of an image and v of a caption: the features u·v, element by element, and |u − v|. Plain
/// cosine is the probe whose weights are 1 on the first and 0 on the second.
/// </summary>
public sealed class LinearProbe
{
    /// <summary>The name of its file.</summary>
    public const string FileName = "probe.safetensors";

    private readonly float[] _weights;

    /// <summary>Makes a probe of its numbers.</summary>
    /// <param name="weights">[2 · dimension]: of the products, then of the differences.</param>
    /// <exception cref="ArgumentException">There is none, or their number is odd.</exception>
    public LinearProbe(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length == 0 || weights.Length % 2 != 0)
            throw new ArgumentException($"{weights.Length} weights; two for each dimension are meant.", nameof(weights));
        _weights = weights;
    }

    /// <summary>Width of the embeddings that it reads.</summary>
    public int Dimension => _weights.Length / 2;

    /// <summary>Opens a probe.</summary>
    /// <param name="directory">The folder that holds <see cref="FileName"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static LinearProbe Load(string directory)
    {
        using var file = SafetensorsFile.Open(Path.Combine(directory, FileName));
        return file.Contains("weight") && file.Get("weight").Shape is [> 0 and var count] && count % 2 == 0
            ? new LinearProbe(file.ReadFloat32("weight"))
            : throw new InvalidDataException($"{Path.Combine(directory, FileName)}: tensor weight of two values a dimension is missing");
    }

    /// <summary>Saves the probe; written beside and renamed.</summary>
    /// <param name="directory">The folder; it is made if it is not there.</param>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            new Dictionary<string, (int[] Shape, float[] Values)> { ["weight"] = ([_weights.Length], _weights) }
        );
    }

    /// <summary>The score of an image and a caption; only its differences mean something.</summary>
    /// <param name="image">[dimension], of unit length.</param>
    /// <param name="caption">[dimension], of unit length.</param>
    /// <exception cref="ArgumentException">They are of another width.</exception>
    public float Score(ReadOnlySpan<float> image, ReadOnlySpan<float> caption)
    {
        if (image.Length != Dimension || caption.Length != Dimension)
        {
            throw new ArgumentException(
                $"The embeddings are of {image.Length} and {caption.Length} dimensions; this probe reads {Dimension}."
            );
        }

        float sum = 0;
        for (int i = 0; i < image.Length; i++)
            sum += (_weights[i] * image[i] * caption[i]) + (_weights[Dimension + i] * Math.Abs(image[i] - caption[i]));
        return sum;
    }
}
