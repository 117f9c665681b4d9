using Dcsm.Data.DataSets;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.DataSets;

public class HardNegativeSplitTests
{
    [Property(MaxTest = 60)]
    public bool Parts_share_no_picture_no_pair_and_no_unseen_object(ulong seed)
    {
        HardNegativeSplit split = Made(known: true, seed).Split(seed);
        List<HardNegativeRecord> trained = Records(split.Train);
        HashSet<string> pictures = [.. trained.SelectMany(Pictures)],
            objects = [.. trained.SelectMany(Objects)],
            pairs = [.. trained.Select(Pair)];
        return split.By == "object, pair of objects and picture"
            && split.HeldOut.All(part =>
                Records(part.Value)
                    .All(record =>
                        !Pictures(record).Any(pictures.Contains)
                        && !pairs.Contains(Pair(record))
                        && (part.Key != "unseen_objects" || !Objects(record).Any(objects.Contains))
                    )
            );
    }

    [Property(MaxTest = 60)]
    public bool Where_objects_are_not_known_parts_share_no_picture_and_nothing_is_left_out(ulong seed)
    {
        HardNegativeSplit split = Made(known: false, seed).Split(seed);
        HashSet<string> pictures = [.. Records(split.Train).SelectMany(Pictures)];
        return split.By == "picture"
            && split.LeftOut == 0
            && split.HeldOut.All(part =>
                part.Key == HardNegativeSplit.UnseenImages && !Records(part.Value).SelectMany(Pictures).Any(pictures.Contains)
            );
    }

    [Property(MaxTest = 30)]
    public bool The_order_of_records_does_not_matter(ulong seed)
    {
        HardNegativeSet set = Made(known: seed % 2 == 0, seed);
        var turned = new HardNegativeSet(
            set.Format,
            [.. set.Streams.Select(stream => new HardNegativeGroup(stream.Name, [.. stream.Records.Reverse()]))],
            []
        );
        return Records(set.Split(seed).Train).ToHashSet().SetEquals(Records(turned.Split(seed).Train));
    }

    [Fact]
    public void A_split_that_leaves_nothing_to_train_on_is_an_error()
    {
        var set = new HardNegativeSet(
            "csv",
            [new HardNegativeGroup("captions", [new("1.png", "1.png", null, null, ["a"], ["b"], null)])],
            []
        );
        ulong seed = Enumerable
            .Range(0, 1000)
            .Select(i => (ulong)i)
            .First(i =>
            {
                try
                {
                    set.Split(i);
                    return false;
                }
                catch (InvalidDataException e)
                {
                    Assert.Contains("1 samples", e.Message, StringComparison.Ordinal);
                    return true;
                }
            });
        Assert.InRange(seed, 0UL, 999UL);
    }

    private static HardNegativeSet Made(bool known, ulong seed)
    {
        var random = new Dcsm.Numerics.RandomNumbers.SceneRandom(seed);
        var records = new List<HardNegativeRecord>();
        for (int i = 0; i < 300; i++)
        {
            int first = random.NextInt(20),
                second = (first + 1 + random.NextInt(19)) % 20;
            string image = $"{random.NextInt(400)}.jpg",
                opposite = $"{random.NextInt(400)}.jpg";
            bool single = random.NextBool();
            records.Add(
                new HardNegativeRecord(
                    image,
                    image,
                    single ? null : opposite,
                    single ? null : opposite,
                    ["a", "a"],
                    ["b", "b"],
                    known ? ($"o{first}", $"o{second}") : null
                )
            );
        }

        return new HardNegativeSet("csv", [new HardNegativeGroup("one", records[..150]), new HardNegativeGroup("two", records[150..])], []);
    }

    private static List<HardNegativeRecord> Records(IEnumerable<HardNegativeGroup> streams) =>
        [.. streams.SelectMany(stream => stream.Records)];

    private static string[] Pictures(HardNegativeRecord record) =>
        record.NegativeImage is { } opposite ? [record.Image, opposite] : [record.Image];

    private static string[] Objects(HardNegativeRecord record) => [record.Objects!.Value.First, record.Objects.Value.Second];

    private static string Pair(HardNegativeRecord record) => string.Join('|', Objects(record).Order(StringComparer.Ordinal));
}
