using Dcsm.IO.Shards;
using FsCheck;
using FsCheck.Xunit;

namespace Dcsm.IO.Tests.Shards;

public sealed class ShardRowsTests
{
    [Property]
    public bool Rows_come_in_order_wherever_they_were(byte[] places, PositiveInt count)
    {
        List<int>[] parts = [.. Enumerable.Range(0, count.Get).Select(_ => new List<int>())];
        for (int row = 0; row < places.Length; row++)
            parts[places[row] % count.Get].Add(row);
        IEnumerable<int> joined = ShardRows.Join(
            parts.AsEnumerable().Reverse().Select(part => (part.Count > 0 ? (long)part[0] : 0, (Func<IEnumerable<int>>)(() => part))),
            row => row
        );
        return joined.SequenceEqual(Enumerable.Range(0, places.Length));
    }

    [Theory]
    [InlineData("row 2 stands twice", "1 2", "2 3")]
    [InlineData("row 1 stands twice, or behind row 2", "2 1", "3")]
    public void A_row_that_stands_twice_is_refused(string message, params string[] parts)
    {
        IEnumerable<int> joined = ShardRows.Join(
            parts.Select(part => (0L, (Func<IEnumerable<int>>)(() => part.Split(' ').Select(int.Parse)))),
            row => row
        );
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => joined.Last()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_is_opened_when_its_rows_are_near_and_closed_when_they_are_read()
    {
        int open = 0,
            most = 0;
        IEnumerable<int> Part(int from)
        {
            most = Math.Max(most, ++open);
            foreach (int row in Enumerable.Range(from, 10))
                yield return row;
            open--;
        }

        IEnumerable<int> joined = ShardRows.Join(
            Enumerable.Range(0, 1000).Select(part => (10L * part, (Func<IEnumerable<int>>)(() => Part(10 * part)))),
            row => row
        );
        Assert.Equal(Enumerable.Range(0, 10_000), joined);
        Assert.Equal((0, 1), (open, most));
    }
}
