using System.Globalization;
using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;
using Dcsm.IO.Safetensors;

namespace Dcsm.Evaluation.Classification;

/// <summary>
/// A unit vector a class, which pictures are compared with (Radford et al. 2021, 3.1): the embeddings of its prompts, each of unit length,
/// averaged and brought back to unit length. Thread-safe.
/// </summary>
public sealed class ClassWeights : IPictureClassifier
{
    private const int Batch = 256;

    // The pooled embeddings alone are looked at, so any number of dense tokens will do.
    private const int FewTokens = 2;

    private readonly float[] _values; // [classes, dimension]

    /// <param name="classes">What the classes are called.</param>
    /// <param name="values">[classes, dimension], of unit length; not copied.</param>
    /// <param name="fingerprint">The encoder whose embeddings they are compared with.</param>
    /// <exception cref="ArgumentException">Their number is no multiple of the number of classes.</exception>
    public ClassWeights(IReadOnlyList<string> classes, float[] values, string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(values);
        if (classes.Count == 0 || values.Length == 0 || values.Length % classes.Count != 0)
            throw new ArgumentException($"{values.Length} values are no vectors of {classes.Count} classes.", nameof(values));
        (Classes, _values, Fingerprint, Dimension) = (classes, values, fingerprint, values.Length / classes.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public PictureFeatures Features => PictureFeatures.Pooled;

    /// <summary>Width of the embeddings.</summary>
    public int Dimension { get; }

    /// <summary>The encoder whose embeddings they are compared with.</summary>
    public string Fingerprint { get; }

    /// <summary>The vector of a class, [dimension].</summary>
    public ReadOnlySpan<float> this[int place] => _values.AsSpan(place * Dimension, Dimension);

    /// <summary>Averages embeddings of prompts.</summary>
    /// <param name="classes">What the classes are called.</param>
    /// <param name="prompts">[prompts, dimension]; each is brought to unit length first.</param>
    /// <param name="owners">[prompts] the class of each.</param>
    /// <param name="fingerprint">The encoder that made them.</param>
    /// <exception cref="ArgumentException">A class has no prompt.</exception>
    /// <exception cref="InvalidDataException">An embedding is not a number, or the mean of a class is 0.</exception>
    public static ClassWeights Average(
        IReadOnlyList<string> classes,
        ReadOnlySpan<float> prompts,
        IReadOnlyList<int> owners,
        string fingerprint
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(owners);
        int dimension = prompts.Length / owners.Count;
        double[] sums = new double[classes.Count * dimension];
        for (int p = 0; p < owners.Count; p++)
        {
            ReadOnlySpan<float> prompt = prompts.Slice(p * dimension, dimension);
            double length = Length(prompt);
            for (int i = 0; i < dimension; i++)
                sums[(owners[p] * dimension) + i] += prompt[i] / length;
        }

        float[] values = new float[sums.Length];
        for (int c = 0; c < classes.Count; c++)
        {
            if (!owners.Contains(c))
                throw new ArgumentException($"The class '{classes[c]}' has no prompt.", nameof(owners));
            double length = Math.Sqrt(sums.AsSpan(c * dimension, dimension).ToArray().Sum(value => value * value));
            if (!(length > 0) || !double.IsFinite(length))
                throw new InvalidDataException($"The prompts of the class '{classes[c]}' have no mean direction.");
            for (int i = c * dimension; i < (c + 1) * dimension; i++)
                values[i] = (float)(sums[i] / length);
        }

        return new ClassWeights(classes, values, fingerprint);
    }

    /// <summary>
    /// Encodes the prompts of templates, each once, and averages those of each class: of all templates, and of each alone.
    /// </summary>
    /// <param name="encoder">What makes the embeddings.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="templates">What they are asked with.</param>
    /// <param name="progress">Told after every batch of prompts.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>The ensemble; and the shared templates, in order, where there are several.</returns>
    public static (ClassWeights Ensemble, IReadOnlyList<ClassWeights> Single) Encode(
        IEncoder encoder,
        IReadOnlyList<PictureClass> classes,
        PromptTemplates templates,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(templates);
        IReadOnlyList<ClassPrompt> prompts = templates.Prompts(classes);
        float[] values = Encode(encoder, [.. prompts.Select(prompt => prompt.Text)], progress, cancellationToken);
        string[] names = [.. classes.Select(own => own.Name)];
        int dimension = values.Length / prompts.Count;
        ClassWeights Of(IReadOnlyList<ClassPrompt> some) =>
            Average(
                names,
                values.AsSpan(some[0].Place * dimension, some.Count * dimension),
                [.. some.Select(prompt => prompt.Class)],
                encoder.Fingerprint
            );
        return (
            Of(prompts),
            templates.Shared.Count < 2 ? [] : [.. prompts.GroupBy(prompt => prompt.Template).Select(template => Of([.. template]))]
        );
    }

    private static float[] Encode(IEncoder encoder, string[] texts, IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
    {
        float[]? values = null;
        for (int first = 0; first < texts.Length; first += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] batch = texts[first..Math.Min(texts.Length, first + Batch)];
            TokenEmbeddings pooled = encoder.EncodeTexts(batch, FewTokens).Pooled;
            values ??= new float[texts.Length * pooled.Dimension];
            pooled.Values.CopyTo(values.AsSpan(first * pooled.Dimension));
            progress?.Report(new WorkProgress(first + batch.Length, texts.Length, "prompts"));
        }

        return values ?? throw new ArgumentException("There are no classes.", nameof(texts));
    }

    /// <summary>The cosine of an embedding with every class.</summary>
    /// <param name="picture">[dimension], of unit length.</param>
    /// <param name="scores">[classes]</param>
    /// <exception cref="ArgumentException">The embedding is of another width.</exception>
    public void Score(ReadOnlySpan<float> picture, Span<float> scores)
    {
        if (picture.Length != Dimension)
            throw new ArgumentException($"The embedding has {picture.Length} values; the classes have {Dimension}.", nameof(picture));
        for (int c = 0; c < Classes.Count; c++)
            scores[c] = TensorPrimitives.Dot(picture, this[c]);
    }

    /// <summary>Softmax of <paramref name="scale"/> · score, in place of the scores.</summary>
    /// <param name="scores">[classes]</param>
    /// <param name="scale">What scores are multiplied by: CLIP's logit scale for cosines.</param>
    public static double[] Probabilities(ReadOnlySpan<float> scores, double scale)
    {
        double most = double.NegativeInfinity;
        foreach (float score in scores)
            most = Math.Max(most, scale * score);
        double[] shares = new double[scores.Length];
        double sum = 0;
        for (int i = 0; i < shares.Length; i++)
            sum += shares[i] = Math.Exp((scale * scores[i]) - most);
        for (int i = 0; i < shares.Length; i++)
            shares[i] /= sum;
        return shares;
    }

    /// <summary>Saves them, whole or not at all.</summary>
    /// <param name="path">A safetensors file.</param>
    public void Save(string path) =>
        SafetensorsWriter.Write(
            path,
            new Dictionary<string, (int[] Shape, float[] Values)> { ["class_weights"] = ([Classes.Count, Dimension], _values) },
            new Dictionary<string, string> { ["classes"] = ResultJson.Line(Classes), ["clip_fingerprint"] = Fingerprint }
        );

    /// <summary>Opens what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or of another kind.</exception>
    public static ClassWeights Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (
            !file.Metadata.TryGetValue("classes", out string? names)
            || !file.Metadata.TryGetValue("clip_fingerprint", out string? fingerprint)
            || !file.Contains("class_weights")
            || file.Get("class_weights").Shape is not [var count, > 0]
        )
        {
            throw new InvalidDataException($"{path}: holds no class weights that 'eval zeroshot --save-weights' wrote");
        }

        IReadOnlyList<string> classes = JsonField.Parse(System.Text.Encoding.UTF8.GetBytes(names), $"{path}, classes").Texts();
        return classes.Count == count
            ? new ClassWeights(classes, file.ReadFloat32("class_weights"), fingerprint)
            : throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{path}: names {classes.Count} classes, and has weights of {count}")
            );
    }

    private static double Length(ReadOnlySpan<float> vector)
    {
        double sum = 0;
        foreach (float value in vector)
            sum += (double)value * value;
        return sum > 0 && double.IsFinite(sum) ? Math.Sqrt(sum) : throw new InvalidDataException("An embedding of a prompt is 0 or NaN.");
    }
}
