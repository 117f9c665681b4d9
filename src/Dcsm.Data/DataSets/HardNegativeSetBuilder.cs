namespace Dcsm.Data.DataSets;

/// <summary>Gathers records by stream, in the order in which streams first get one.</summary>
internal sealed class HardNegativeSetBuilder(string format, string path)
{
    private readonly List<(string Name, List<HardNegativeRecord> Records)> _streams = [];
    private readonly List<string> _remarks = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string stream, HardNegativeRecord record)
    {
        int at = _streams.FindIndex(known => known.Name == stream);
        if (at < 0)
        {
            at = _streams.Count;
            _streams.Add((stream, []));
        }

        _streams[at].Records.Add(record);
    }

    public void Remark(string line) => _remarks.Add($"{path}: {line}");

    /// <summary>One more of something that is said with its number in the end.</summary>
    public void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    /// <summary>Says how many there were, unless there were none.</summary>
    public void Remark(int count, string what)
    {
        if (count > 0)
            Remark(FormattableString.Invariant($"{count} {what}"));
    }

    public IReadOnlyList<string> Remarks =>
        [.. _remarks, .. _counts.Select(count => FormattableString.Invariant($"{path}: {count.Value} {count.Key}"))];

    /// <summary>The error where there is nothing to train on; with the remarks, which may say why.</summary>
    public InvalidDataException Nothing() =>
        new(string.Join("; ", Remarks.Select(line => line[(path.Length + 2)..]).Prepend($"{path}: nothing to train on was found")));

    /// <param name="order">Names of streams that come first, in this order.</param>
    public HardNegativeSet Build(params string[] order)
    {
        if (_streams.Count == 0)
            throw Nothing();

        return new HardNegativeSet(
            format,
            [
                .. _streams
                    .OrderBy(stream => Array.IndexOf(order, stream.Name) is var at and >= 0 ? at : order.Length)
                    .Select(stream => new HardNegativeGroup(stream.Name, stream.Records)),
            ],
            Remarks
        );
    }
}
