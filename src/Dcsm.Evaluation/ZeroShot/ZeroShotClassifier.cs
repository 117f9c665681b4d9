using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>
/// Names pictures as CLIP does (Radford et al. 2021, 3.1): a class is the mean of the pooled embeddings of its prompts, brought back to
/// unit length; a picture's score for it is the cosine.
/// </summary>
public sealed class ZeroShotClassifier
{
    private readonly float[] _classes; // [classes, dimension]
    private readonly int _dimension;

    /// <param name="encoder">What makes the embeddings.</param>
    /// <param name="prompts">[classes][prompts] captions, at least one a class.</param>
    /// <exception cref="ArgumentException">There is no class, or a class has no prompt.</exception>
    public ZeroShotClassifier(IEncoder encoder, IReadOnlyList<IReadOnlyList<string>> prompts)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0 || prompts.Any(p => p.Count == 0))
            throw new ArgumentException("Every class needs at least one prompt, and there must be a class.", nameof(prompts));

        Classes = prompts.Count;
        string[] texts = [.. prompts.SelectMany(p => p)];
        const int Batch = 256;
        float[]? sums = null;
        int[] owner = [.. prompts.SelectMany((p, c) => Enumerable.Repeat(c, p.Count))];
        for (int first = 0; first < texts.Length; first += Batch)
        {
            int count = Math.Min(Batch, texts.Length - first);
            TokenEmbeddings pooled = encoder.EncodeTexts(texts[first..(first + count)], encoder.ContextLength).Pooled;
            _dimension = pooled.Dimension;
            sums ??= new float[Classes * _dimension];
            for (int i = 0; i < count; i++)
            {
                Span<float> sum = sums.AsSpan(owner[first + i] * _dimension, _dimension);
                TensorPrimitives.Add(sum, pooled[i], sum);
            }
        }

        _classes = sums!;
        for (int c = 0; c < Classes; c++)
        {
            Span<float> sum = _classes.AsSpan(c * _dimension, _dimension);
            TensorPrimitives.Divide(sum, TensorPrimitives.Norm(sum), sum);
        }
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>A classifier from names and templates.</summary>
    /// <param name="encoder">What makes the embeddings.</param>
    /// <param name="names">A name a class.</param>
    /// <param name="templates">Prompts in which <c>{name}</c> stands for the name.</param>
    /// <exception cref="ArgumentException">A template has no <c>{name}</c>.</exception>
    public static ZeroShotClassifier FromNames(IEncoder encoder, IReadOnlyList<string> names, IReadOnlyList<string> templates)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(templates);
        foreach (string template in templates)
        {
            if (!template.Contains("{name}", StringComparison.Ordinal))
                throw new ArgumentException($"The prompt '{template}' has no {{name}} to put the class's name in.", nameof(templates));
        }

        return new ZeroShotClassifier(
            encoder,
            [
                .. names.Select(name =>
                    (IReadOnlyList<string>)[.. templates.Select(t => t.Replace("{name}", name, StringComparison.Ordinal))]
                ),
            ]
        );
    }

    /// <summary>Cosine of every picture with every class.</summary>
    /// <returns>[images, classes].</returns>
    public float[,] Score(ImageEncoding images)
    {
        ArgumentNullException.ThrowIfNull(images);
        float[,] scores = new float[images.Pooled.Count, Classes];
        for (int i = 0; i < images.Pooled.Count; i++)
        {
            for (int c = 0; c < Classes; c++)
                scores[i, c] = TensorPrimitives.Dot(images.Pooled[i], _classes.AsSpan(c * _dimension, _dimension));
        }

        return scores;
    }
}
