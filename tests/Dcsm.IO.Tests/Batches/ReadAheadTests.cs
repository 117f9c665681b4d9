using Dcsm.IO.Batches;

namespace Dcsm.IO.Tests.Batches;

public sealed class ReadAheadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Batches_come_in_order(int batches)
    {
        using ReadAhead<int, int> ahead = Begin(batches, number => number);
        var taken = new List<int>();
        while (ahead.TryTake(out int batch))
            taken.Add(batch);
        Assert.Equal(Enumerable.Range(0, batches), taken);
        Assert.False(ahead.TryTake(out _));
    }

    [Fact]
    public void The_next_batch_is_prepared_while_one_is_in_use()
    {
        using var begun = new ManualResetEventSlim();
        using ReadAhead<int, int> ahead = Begin(
            2,
            number =>
            {
                if (number == 1)
                    begun.Set();
                return number;
            }
        );
        Assert.True(ahead.TryTake(out _));
        Assert.True(begun.Wait(Long));
    }

    [Fact]
    public void No_more_than_two_batches_are_ahead()
    {
        using var third = new ManualResetEventSlim();
        using var second = new ManualResetEventSlim();
        using ReadAhead<int, int> ahead = Begin(
            9,
            number =>
            {
                if (number == 1)
                    second.Set();
                if (number == 2)
                    third.Set();
                return number;
            }
        );
        Assert.True(second.Wait(Long));
        Assert.False(third.Wait(200));
        Assert.True(ahead.TryTake(out _));
        Assert.True(third.Wait(Long));
    }

    [Fact]
    public void Batches_are_named_only_as_they_are_prepared()
    {
        int named = 0;
        using (var ahead = new ReadAhead<int, int>(Numbers(), (number, _) => number, CancellationToken.None))
            Assert.True(ahead.TryTake(out _));
        Assert.InRange(named, 1, 4);

        IEnumerable<int> Numbers()
        {
            for (; ; named++)
                yield return named;
        }
    }

    [Fact]
    public void Nothing_is_prepared_beyond_a_bad_batch()
    {
        int read = 0;
        using (
            ReadAhead<int, int> ahead = Begin(
                5,
                number =>
                {
                    Interlocked.Increment(ref read);
                    return number == 1 ? throw new InvalidDataException() : number;
                }
            )
        )
        {
            Assert.True(ahead.TryTake(out _));
            Assert.Throws<InvalidDataException>(() => ahead.TryTake(out _));
            Assert.Throws<InvalidDataException>(() => ahead.TryTake(out _));
        }
        Assert.Equal(2, read);
    }

    [Fact]
    public void Stopping_does_not_wait_for_a_slow_batch()
    {
        using var begun = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        using ReadAhead<int, int> ahead = Begin(
            3,
            number =>
            {
                if (number == 1)
                {
                    begun.Set();
                    release.Wait();
                }
                return number;
            },
            stop.Token
        );
        Assert.True(ahead.TryTake(out _));
        Assert.True(begun.Wait(Long));
        stop.CancelAfter(50);
        Assert.Equal(stop.Token, Assert.ThrowsAny<OperationCanceledException>(() => ahead.TryTake(out _)).CancellationToken);
        release.Set();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Disposing_leaves_no_one_at_work(int taken)
    {
        (int running, int read) = (0, 0);
        var ahead = new ReadAhead<int, int>(
            Enumerable.Range(0, 50),
            (number, stop) =>
            {
                ParallelItems.ForEach(
                    4,
                    2,
                    _ =>
                    {
                        Interlocked.Increment(ref running);
                        Interlocked.Increment(ref read);
                        Thread.Sleep(5);
                        Interlocked.Decrement(ref running);
                    },
                    stop
                );
                return number;
            },
            CancellationToken.None
        );
        for (int i = 0; i < taken; i++)
            Assert.True(ahead.TryTake(out _));
        ahead.Dispose();
        Assert.Equal(0, Volatile.Read(ref running));
        int sofar = Volatile.Read(ref read);
        Thread.Sleep(50);
        Assert.Equal(sofar, Volatile.Read(ref read));
        Assert.InRange(sofar, 0, 4 * (taken + 3));
    }

    [Fact]
    public void The_first_bad_item_is_named_once_those_before_it_are_through()
    {
        using var thrown = new ManualResetEventSlim();
        bool[] seen = new bool[8];
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() =>
            ParallelItems.ForEach(
                8,
                2,
                item =>
                {
                    seen[item] = true;
                    // The sixth item fails at once, the second one after it.
                    if (item == 5)
                    {
                        thrown.Set();
                        throw new InvalidDataException();
                    }
                    if (item == 1)
                    {
                        // Where there is but one thread, the sixth has not had its turn.
                        thrown.Wait(1000);
                        throw new FileNotFoundException("1");
                    }
                }
            )
        );
        Assert.Equal("1", error.Message);
        Assert.True(seen[0]);
    }

    private static ReadAhead<int, int> Begin(int batches, Func<int, int> prepare, CancellationToken cancellationToken = default) =>
        new(Enumerable.Range(0, batches), (number, _) => prepare(number), cancellationToken);
}
