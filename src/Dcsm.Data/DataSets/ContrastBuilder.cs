using Dcsm.IO.Tensors;

namespace Dcsm.Data.DataSets;

/// <summary>Gathers records by stream, in the order in which streams first get one.</summary>
internal sealed class ContrastBuilder(string format, string path)
{
    private readonly List<(string Name, List<ContrastRecord> Records)> streams = [];
    private readonly List<string> remarks = [];

    public void Add(string stream, ContrastRecord record)
    {
        int at = streams.FindIndex(known => known.Name == stream);
        if (at < 0)
        {
            at = streams.Count;
            streams.Add((stream, []));
        }

        streams[at].Records.Add(record);
    }

    public void Remark(string line) => remarks.Add($"{path}: {line}");

    /// <summary>Says how many there were, unless there were none.</summary>
    public void Remark(int count, string what)
    {
        if (count > 0)
            Remark(FormattableString.Invariant($"{count} {what}"));
    }

    /// <param name="order">Names of streams that come first, in this order.</param>
    public ContrastSet Build(params string[] order)
    {
        if (streams.Count == 0)
            throw new InvalidDataException(string.Join("; ", remarks.Select(line => line[(path.Length + 2)..]).Prepend($"{path}: nothing to train on was found")));
        return new ContrastSet(
            format,
            [.. streams.OrderBy(stream => Array.IndexOf(order, stream.Name) is var at and >= 0 ? at : order.Length).Select(stream => new ContrastGroup(stream.Name, stream.Records))],
            remarks);
    }
}
