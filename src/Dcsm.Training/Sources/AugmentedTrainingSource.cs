using System.Numerics;
using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// A source whose pictures are changed at random. Image and negative image are changed each by itself; validation is on pictures as
/// they are.
/// </summary>
public sealed class AugmentedTrainingSource : IHeadTrainingSource
{
    private const ulong PictureStream = 0xA06,
        OrderStream = 0xA07;
    private readonly IHeadTrainingSource _source;
    private readonly ImageAugmentation _augmentation;
    private readonly int? _copies;
    private readonly ulong _seed;

    /// <summary>Changes the pictures of a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="augmentation">The changes.</param>
    /// <param name="copies">
    /// How many changed copies of each sample there are: a stream of n samples becomes one of n · copies, which is encoded once where the
    /// pool holds it. Null: every visit makes another copy, and the stream has no end; each is encoded anew.
    /// </param>
    /// <param name="seed">Seed of the changes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public AugmentedTrainingSource(IHeadTrainingSource source, ImageAugmentation augmentation, int? copies, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(augmentation);
        augmentation.Check();
        if (copies is { } number)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(number, nameof(copies));
        (_source, _augmentation, _copies, _seed) = (source, augmentation, copies, seed);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Streams => _source.Streams;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => _source.Validation;

    /// <inheritdoc/>
    public IReadOnlyList<double>? Weights => _source.Weights;

    /// <inheritdoc/>
    public long? Count(int stream) => _source.Count(stream) is { } count && _copies is { } copies ? checked(count * copies) : null;

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index)
    {
        HeadTrainingSample sample = _source.Read(stream, Original(stream, index));
        var random = new SceneRandom(_seed, PictureStream + (ulong)stream, (ulong)index);
        RgbImage image = _augmentation.Apply(sample.Image, ref random);
        return sample with
        {
            Image = image,
            NegativeImage = sample.NegativeImage is { } negative ? _augmentation.Apply(negative, ref random) : null,
        };
    }

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index)
    {
        HeadTrainingGroup group = _source.ReadGroup(stream, Original(stream, index));
        var random = new SceneRandom(_seed, PictureStream + (ulong)stream, (ulong)index);
        var images = new RgbImage[group.Images.Count];
        for (int i = 0; i < images.Length; i++)
            images[i] = _augmentation.Apply(group.Images[i], ref random);
        return group with { Images = images };
    }

    /// <inheritdoc/>
    public JsonObject Describe()
    {
        JsonObject description = _source.Describe();
        JsonObject augmentation = _augmentation.Describe();
        augmentation["copies"] = _copies;
        augmentation["seed"] = _seed;
        description["augmentation"] = augmentation;
        return description;
    }

    /// <summary>The sample that a copy is made of.</summary>
    private long Original(int stream, long index)
    {
        if (_source.Count(stream) is not { } count)
            return index / (_copies ?? 1);
        if (_copies is not null)
            return index % count;
        // A stream without end goes through the samples pass by pass, each in an order of its own: a·i + b is one of them for every a that
        // has no divisor in common with the count.
        var random = new SceneRandom(_seed, OrderStream + (ulong)stream, (ulong)(index / count));
        long start = (long)(random.NextUInt64() % (ulong)count),
            step;
        do step = (long)(random.NextUInt64() % (ulong)count) + 1;
        while (BigInteger.GreatestCommonDivisor(step, count) != 1);
        return (long)(((Int128)(index % count) * step + start) % count);
    }
}
