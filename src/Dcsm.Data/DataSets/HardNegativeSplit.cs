using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets;

/// <summary>
/// A data set in parts. Where records name their objects, the parts are disjoint by object, by pair of objects and by picture, as
/// <see cref="SceneSplit"/> parts objects; where they do not, by picture. Decided by hashes of names, so neither the order of
/// the records nor the machine matters.
/// </summary>
public sealed class HardNegativeSplit
{
    /// <summary>Share of the pictures held out where the objects are not known.</summary>
    public const double UnseenImageShare = 0.1;

    /// <summary>The name of the part of held-out pictures, where the objects are not known.</summary>
    public const string UnseenImages = "unseen_images";

    private HardNegativeSplit(
        string by,
        IReadOnlyList<HardNegativeGroup> train,
        IReadOnlyDictionary<string, IReadOnlyList<HardNegativeGroup>> heldOut,
        int leftOut
    ) => (By, Train, HeldOut, LeftOut) = (by, train, heldOut, leftOut);

    /// <summary>In what the parts are disjoint, in words.</summary>
    public string By { get; }

    /// <summary>What is trained on.</summary>
    public IReadOnlyList<HardNegativeGroup> Train { get; }

    /// <summary>"unseen_pairs" and "unseen_objects", or "unseen_images"; only parts that have records.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<HardNegativeGroup>> HeldOut { get; }

    /// <summary>Records in no part: those of a seen with an unseen object, and held-out ones whose picture is trained on.</summary>
    public int LeftOut { get; }

    internal static HardNegativeSplit Create(HardNegativeSet set, ulong seed)
    {
        bool known = set.Streams.All(stream => stream.Records.All(record => record.Objects is not null));
        Func<HardNegativeRecord, string?> partOf = known ? ByObjects(set, seed) : ByPictures(set, seed);
        string training = SceneNames.Of(SplitPart.Train);
        (HardNegativeRecord Record, string? Part)[][] parts =
        [
            .. set.Streams.Select(stream => stream.Records.Select(record => (record, partOf(record))).ToArray()),
        ];
        var trained = parts
            .SelectMany(stream => stream)
            .Where(item => item.Part == training)
            .SelectMany(item => Pictures(item.Record))
            .ToHashSet(StringComparer.Ordinal);

        var heldOut = new SortedDictionary<string, IReadOnlyList<HardNegativeGroup>>(StringComparer.Ordinal);
        foreach (string part in parts.SelectMany(stream => stream).Select(item => item.Part).OfType<string>().Distinct())
        {
            HardNegativeGroup[] streams = Streams(part, record => part == training || !Pictures(record).Any(trained.Contains));
            if (streams.Length > 0)
                heldOut.Add(part, streams);
        }

        if (!heldOut.Remove(training, out IReadOnlyList<HardNegativeGroup>? train))
        {
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the {set.Format} data has {parts.Sum(stream => stream.Length)} samples, and the split of seed {seed} "
                        + $"holds all of them out; there are too few, or another split seed is needed"
                )
            );
        }

        int all = parts.Sum(stream => stream.Length),
            used = train.Concat(heldOut.Values.SelectMany(streams => streams)).Sum(stream => stream.Records.Count);
        return new HardNegativeSplit(known ? "object, pair of objects and picture" : "picture", train, heldOut, all - used);

        HardNegativeGroup[] Streams(string part, Func<HardNegativeRecord, bool> wanted) =>
            [
                .. set
                    .Streams.Select(
                        (stream, i) =>
                            new HardNegativeGroup(
                                stream.Name,
                                [.. parts[i].Where(item => item.Part == part && wanted(item.Record)).Select(item => item.Record)]
                            )
                    )
                    .Where(stream => stream.Records.Count > 0),
            ];
    }

    private static Func<HardNegativeRecord, string?> ByObjects(HardNegativeSet set, ulong seed)
    {
        string[] names =
        [
            .. set
                .Streams.SelectMany(stream => stream.Records)
                .SelectMany(record => new[] { record.Objects!.Value.First, record.Objects.Value.Second })
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var split = SceneSplit.Create(names, seed);
        return record => split.PartOf(record.Objects!.Value.First, record.Objects.Value.Second) is { } part ? SceneNames.Of(part) : null;
    }

    // Pictures that a record joins go together, and so do those that further records join to them.
    private static Func<HardNegativeRecord, string?> ByPictures(HardNegativeSet set, ulong seed)
    {
        var groups = new JoinedNames();
        foreach (HardNegativeRecord record in set.Streams.SelectMany(stream => stream.Records))
            groups.Join(record.Image, record.NegativeImage ?? record.Image);
        return record => IsHeldOut(seed, groups.FirstOf(record.Image)) ? UnseenImages : SceneNames.Of(SplitPart.Train);
    }

    /// <summary>Whether a picture is held out where pictures are, whatever they show.</summary>
    internal static bool IsHeldOut(ulong seed, string picture) =>
        (StableHash.Of(seed, "picture", picture) >> 11) * (1.0 / (1UL << 53)) < UnseenImageShare;

    private static string[] Pictures(HardNegativeRecord record) =>
        record.NegativeImage is { } negative ? [record.Image, negative] : [record.Image];
}
