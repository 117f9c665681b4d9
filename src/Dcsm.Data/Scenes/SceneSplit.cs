using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes;

/// <summary>
/// Which objects, and which pairs of them, training may see. Decided by hashes of the names and a seed, so neither the
/// order of the names nor the machine matters.
/// </summary>
public sealed class SceneSplit
{
    private readonly Dictionary<string, bool> _unseen;

    private SceneSplit(ulong seed, double unseenPairs, string[] seenObjects, string[] unseenObjects)
    {
        Seed = seed;
        UnseenPairShare = unseenPairs;
        SeenObjects = seenObjects;
        UnseenObjects = unseenObjects;
        _unseen = new Dictionary<string, bool>(seenObjects.Length + unseenObjects.Length);
        foreach (string name in seenObjects)
            _unseen.Add(name, false);
        foreach (string name in unseenObjects)
            _unseen.Add(name, true);
    }

    /// <summary>The seed that the split was made with.</summary>
    public ulong Seed { get; }

    /// <summary>The chance of a pair of seen objects to be held out.</summary>
    public double UnseenPairShare { get; }

    /// <summary>The objects that training shows, in the order they were given in.</summary>
    public IReadOnlyList<string> SeenObjects { get; }

    /// <summary>The objects that training never shows, in the order they were given in.</summary>
    public IReadOnlyList<string> UnseenObjects { get; }

    /// <summary>Splits objects.</summary>
    /// <param name="objectNames">All names, each once.</param>
    /// <param name="seed">Another seed gives another split.</param>
    /// <param name="unseenObjects">Share of the objects to hold out, rounded to whole objects.</param>
    /// <param name="unseenPairs">Chance of a pair of seen objects to be held out.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice, or a share is outside of 0…1.</exception>
    public static SceneSplit Create(IReadOnlyList<string> objectNames, ulong seed, double unseenObjects = 0.2, double unseenPairs = 0.1)
    {
        ArgumentNullException.ThrowIfNull(objectNames);
        CheckShare(unseenObjects, nameof(unseenObjects));
        CheckShare(unseenPairs, nameof(unseenPairs));
        var known = new HashSet<string>();
        foreach (string name in objectNames)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException("An object's name is empty.", nameof(objectNames));
            if (!known.Add(name))
                throw new ArgumentException($"The object '{name}' occurs twice.", nameof(objectNames));
        }

        int count = (int)Math.Round(objectNames.Count * unseenObjects, MidpointRounding.AwayFromZero);
        var heldOut = objectNames
            .OrderBy(name => StableHash.Of(seed, "object", name))
            .ThenBy(name => name, StringComparer.Ordinal)
            .Take(count)
            .ToHashSet();
        return new SceneSplit(
            seed,
            unseenPairs,
            [.. objectNames.Where(name => !heldOut.Contains(name))],
            [.. objectNames.Where(heldOut.Contains)]
        );
    }

    /// <summary>
    /// The part that a pair belongs to, whichever of the two comes first; null for a seen object with an unseen one, or an object with
    /// itself.
    /// </summary>
    /// <exception cref="ArgumentException">A name is not part of the split.</exception>
    public SplitPart? PartOf(string first, string second)
    {
        bool firstUnseen = IsUnseen(first);
        if (firstUnseen != IsUnseen(second) || first == second)
            return null;
        if (firstUnseen)
            return SplitPart.UnseenObjects;
        (string? low, string? high) = string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);
        double chance = (StableHash.Of(Seed, "pair", low, high) >> 11) * (1.0 / (1UL << 53));
        return chance < UnseenPairShare ? SplitPart.UnseenPairs : SplitPart.Train;
    }

    /// <summary>Whether training never shows this object.</summary>
    /// <exception cref="ArgumentException">The name is not part of the split.</exception>
    public bool IsUnseen(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _unseen.TryGetValue(name, out bool value)
            ? value
            : throw new ArgumentException($"The object '{name}' is not part of this split.", nameof(name));
    }

    private static void CheckShare(double share, string parameter)
    {
        if (!(share is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(parameter, share, "A share is a number from 0 to 1.");
    }
}
