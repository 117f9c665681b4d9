using System.Numerics.Tensors;
using Dcsm.IO.Json;
using Dcsm.IO.Safetensors;

namespace Dcsm.Evaluation.Classification;

/// <summary>
/// A linear probe: a vector and an intercept a class, on embeddings of a frozen CLIP (Radford et al. 2021, A.3). Thread-safe.
/// </summary>
public sealed class LinearClassifier : IPictureClassifier
{
    /// <summary>The name of its file in a folder.</summary>
    public const string FileName = "probe.safetensors";

    private readonly float[] _weights,
        _intercepts;

    /// <param name="classes">What the classes are called.</param>
    /// <param name="weights">[classes, dimension]; not copied.</param>
    /// <param name="intercepts">[classes]; not copied.</param>
    /// <param name="features">What of a picture's embeddings it reads.</param>
    /// <param name="fingerprint">The encoder that it was trained on.</param>
    /// <exception cref="ArgumentException">The numbers do not fit together.</exception>
    public LinearClassifier(
        IReadOnlyList<string> classes,
        float[] weights,
        float[] intercepts,
        PictureFeatures features,
        string fingerprint
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(intercepts);
        if (classes.Count != intercepts.Length || weights.Length == 0 || weights.Length % classes.Count != 0)
        {
            throw new ArgumentException(
                $"{weights.Length} weights and {intercepts.Length} intercepts are none of {classes.Count} classes."
            );
        }

        (Classes, _weights, _intercepts, Features, Fingerprint) = (classes, weights, intercepts, features, fingerprint);
        Dimension = weights.Length / classes.Count;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public PictureFeatures Features { get; }

    /// <summary>The encoder that it was trained on.</summary>
    public string Fingerprint { get; }

    /// <summary>Width of what it reads.</summary>
    public int Dimension { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The vector is of another width.</exception>
    public void Score(ReadOnlySpan<float> picture, Span<float> scores)
    {
        if (picture.Length != Dimension)
            throw new ArgumentException($"The embedding has {picture.Length} values; the probe reads {Dimension}.", nameof(picture));
        for (int c = 0; c < Classes.Count; c++)
            scores[c] = TensorPrimitives.Dot(picture, _weights.AsSpan(c * Dimension, Dimension)) + _intercepts[c];
    }

    /// <summary>Saves it, whole or not at all.</summary>
    /// <param name="directory">The folder; made where there is none.</param>
    public void Save(string directory) =>
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            new Dictionary<string, (int[] Shape, float[] Values)>
            {
                ["intercept"] = ([Classes.Count], _intercepts),
                ["weight"] = ([Classes.Count, Dimension], _weights),
            },
            new Dictionary<string, string>
            {
                ["classes"] = ResultJson.Line(Classes),
                ["clip_fingerprint"] = Fingerprint,
                ["features"] = Features.ToString(),
            }
        );

    /// <summary>Opens a probe.</summary>
    /// <param name="directory">The folder that <see cref="Save"/> wrote.</param>
    /// <exception cref="FileNotFoundException">It holds none.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or another kind of probe.</exception>
    public static LinearClassifier Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.Combine(directory, FileName);
        using var file = SafetensorsFile.Open(path);
        if (
            !file.Metadata.TryGetValue("classes", out string? names)
            || !file.Metadata.TryGetValue("clip_fingerprint", out string? fingerprint)
            || !Enum.TryParse(file.Metadata.GetValueOrDefault("features"), out PictureFeatures features)
            || !file.Contains("weight")
            || !file.Contains("intercept")
            || file.Get("weight").Shape is not [var count, > 0]
            || file.Get("intercept").Shape is not [var intercepts]
            || intercepts != count
        )
        {
            throw new InvalidDataException($"{path}: is no probe that 'dcsm probe' wrote");
        }

        IReadOnlyList<string> classes = JsonField.Parse(System.Text.Encoding.UTF8.GetBytes(names), $"{path}, classes").Texts();
        return classes.Count == count
            ? new LinearClassifier(classes, file.ReadFloat32("weight"), file.ReadFloat32("intercept"), features, fingerprint)
            : throw new InvalidDataException($"{path}: names {classes.Count} classes, and has weights of {count}");
    }
}
