using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// The samples of a data set on disk: the official folder, COCO, Visual Genome, or a table of one's own. Validation is on the
/// parts that <see cref="HardNegativeSplit"/> holds out.
/// </summary>
public sealed class HardNegativeTrainingSource : IHeadTrainingSource
{
    private readonly IReadOnlyList<HardNegativeGroup> _streams;
    private readonly JsonObject _description;
    private readonly PictureOptions _pictures;

    /// <summary>Splits a data set.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="splitSeed">Another seed holds other samples out.</param>
    /// <param name="pictures">How pictures are decoded; null for the defaults.</param>
    /// <exception cref="InvalidDataException">Nothing is left to train on.</exception>
    public HardNegativeTrainingSource(HardNegativeSet set, ulong splitSeed, PictureOptions? pictures = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        _pictures = pictures ??= new PictureOptions();
        HardNegativeSplit split = set.Split(splitSeed);
        _streams = split.Train;
        _description = new JsonObject
        {
            ["source"] = set.Format,
            ["list"] = set.Fingerprint(),
            ["splitSeed"] = splitSeed,
            ["orientation"] = pictures.Orientation == PictureOrientation.Applied ? "apply" : "ignore",
            ["disjointBy"] = split.By,
            ["samples"] = Samples(split.Train),
            ["heldOut"] = new JsonObject(split.HeldOut.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)Samples(part.Value)))),
            ["leftOut"] = split.LeftOut,
        };
        Validation = split.HeldOut.ToDictionary(
            part => part.Key,
            part => (IHeadTrainingSource)new HardNegativeTrainingSource(part.Key, part.Value, pictures)
        );
    }

    private HardNegativeTrainingSource(string part, IReadOnlyList<HardNegativeGroup> streams, PictureOptions pictures) =>
        (_streams, _pictures, _description) = (streams, pictures, new JsonObject { ["part"] = part, ["samples"] = Samples(streams) });

    /// <inheritdoc/>
    public IReadOnlyList<string> Streams => [.. _streams.Select(stream => stream.Name)];

    /// <summary>
    /// "unseen_pairs" and "unseen_objects" where the objects are known, "unseen_images" otherwise; as far as there are any.
    /// </summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; } = new Dictionary<string, IHeadTrainingSource>();

    /// <summary>
    /// Whether streams count as their numbers of samples, so that each sample counts the same; otherwise streams count the same.
    /// </summary>
    public bool StreamsBySamples { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<double>? Weights =>
        StreamsBySamples && _streams.Any(stream => stream.Records.Count != _streams[0].Records.Count)
            ? [.. _streams.Select(stream => (double)stream.Records.Count)]
            : null;

    /// <inheritdoc/>
    public long? Count(int stream) => _streams[stream].Records.Count;

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index)
    {
        HardNegativeRecord record = _streams[stream].Records[(int)index];
        return new HeadTrainingSample(
            RgbImage.Load(record.ImagePath, _pictures),
            record.NegativeImagePath is { } negative ? RgbImage.Load(negative, _pictures) : null,
            record.Captions,
            record.NegativeCaptions
        );
    }

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index)
    {
        HardNegativeRecord record = _streams[stream].Records[(int)index];
        return HeadTrainingGroup.Of(Read(stream, index), Streams[stream]) with
        {
            Names = record.NegativeImage is { } negative ? [record.Image, negative] : [record.Image],
        };
    }

    /// <inheritdoc/>
    public JsonObject Describe()
    {
        var description = (JsonObject)_description.DeepClone();
        if (Weights is not null)
            description["weights"] = "samples";
        return description;
    }

    private static JsonObject Samples(IEnumerable<HardNegativeGroup> streams) =>
        new(streams.Select(stream => KeyValuePair.Create(stream.Name, (JsonNode?)stream.Records.Count)));
}
