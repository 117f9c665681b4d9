namespace Dcsm.Data.DataSets;

/// <summary>Gathers records by stream, in the order in which streams first get one.</summary>
internal sealed class HardNegativeSetBuilder(string format, string path)
{
    private readonly List<(string Name, List<HardNegativeRecord> Records)> _streams = [];
    private readonly List<string> _remarks = [];

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

    /// <summary>Says how many there were, unless there were none.</summary>
    public void Remark(int count, string what)
    {
        if (count > 0)
            Remark(FormattableString.Invariant($"{count} {what}"));
    }

    /// <param name="order">Names of streams that come first, in this order.</param>
    public HardNegativeSet Build(params string[] order)
    {
        if (_streams.Count == 0)
        {
            throw new InvalidDataException(
                string.Join("; ", _remarks.Select(line => line[(path.Length + 2)..]).Prepend($"{path}: nothing to train on was found"))
            );
        }

        return new HardNegativeSet(
            format,
            [
                .. _streams
                    .OrderBy(stream => Array.IndexOf(order, stream.Name) is var at and >= 0 ? at : order.Length)
                    .Select(stream => new HardNegativeGroup(stream.Name, stream.Records)),
            ],
            _remarks
        );
    }
}
