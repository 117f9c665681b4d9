using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests;

public sealed class PreparedPicturesTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void Batches_come_in_order_and_memory_is_used_again(int batches)
    {
        string[][] lots = Lots(batches, 5);
        // The last one is smaller.
        lots[^1] = lots[^1][..2];
        var arrays = new HashSet<float[]>(ReferenceEqualityComparer.Instance);
        using var pictures = new PreparedPictures(lots, 2, 2, (name, pixels) => pixels.Span.Fill(Number(name)), CancellationToken.None);
        foreach (string[] lot in lots)
        {
            PreparedBatch batch = pictures.Take();
            Assert.Equal(lot.Length, batch.Count);
            Assert.Equal(lot.SelectMany(name => new[] { Number(name), Number(name) }), batch.Pixels.AsSpan(0, 2 * batch.Count).ToArray());
            arrays.Add(batch.Pixels);
            pictures.Return(batch);
        }
        Assert.InRange(arrays.Count, 1, 3);
    }

    [Fact]
    public void The_next_batch_is_prepared_while_one_is_in_use()
    {
        using var begun = new ManualResetEventSlim();
        using var pictures = new PreparedPictures(
            Lots(2, 1),
            1,
            1,
            (name, _) =>
            {
                if (name == "1")
                    begun.Set();
            },
            CancellationToken.None
        );
        pictures.Take();
        Assert.True(begun.Wait(Long));
    }

    [Fact]
    public void No_more_than_two_batches_are_ahead()
    {
        using var third = new ManualResetEventSlim();
        using var second = new ManualResetEventSlim();
        using var pictures = new PreparedPictures(
            Lots(9, 1),
            1,
            1,
            (name, _) =>
            {
                if (name == "1")
                    second.Set();
                if (name == "2")
                    third.Set();
            },
            CancellationToken.None
        );
        Assert.True(second.Wait(Long));
        Assert.False(third.Wait(200));
        pictures.Take();
        Assert.True(third.Wait(Long));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_first_bad_file_is_named_once_those_before_it_are_through(int batches)
    {
        using var thrown = new ManualResetEventSlim();
        string[][] lots = Lots(batches, 8);
        int last = (batches - 1) * 8;
        using var pictures = new PreparedPictures(
            lots,
            1,
            2,
            (name, _) =>
            {
                // In the last batch: the sixth file fails at once, the second one after it.
                if (name == $"{last + 5}")
                {
                    thrown.Set();
                    throw new InvalidDataException(name);
                }
                if (name == $"{last + 1}")
                {
                    // Where there is but one thread, the sixth has not had its turn.
                    thrown.Wait(1000);
                    throw new FileNotFoundException(name);
                }
            },
            CancellationToken.None
        );
        for (int batch = 1; batch < batches; batch++)
            pictures.Return(pictures.Take());
        Assert.Equal($"{last + 1}", Assert.Throws<FileNotFoundException>(() => pictures.Take()).Message);
    }

    [Fact]
    public void Nothing_is_read_beyond_a_bad_batch()
    {
        int read = 0;
        using (
            var pictures = new PreparedPictures(
                Lots(5, 1),
                1,
                1,
                (name, _) =>
                {
                    Interlocked.Increment(ref read);
                    if (name == "1")
                        throw new InvalidDataException(name);
                },
                CancellationToken.None
            )
        )
        {
            pictures.Take();
            Assert.Throws<InvalidDataException>(() => pictures.Take());
            Assert.Throws<InvalidDataException>(() => pictures.Take());
        }
        Assert.Equal(2, read);
    }

    [Fact]
    public void Stopping_does_not_wait_for_a_slow_file()
    {
        using var begun = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        using var pictures = new PreparedPictures(
            Lots(3, 1),
            1,
            1,
            (name, _) =>
            {
                if (name == "1")
                {
                    begun.Set();
                    release.Wait();
                }
            },
            stop.Token
        );
        pictures.Take();
        Assert.True(begun.Wait(Long));
        stop.CancelAfter(50);
        Assert.Equal(stop.Token, Assert.ThrowsAny<OperationCanceledException>(() => pictures.Take()).CancellationToken);
        release.Set();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Disposing_leaves_no_one_at_work(int taken)
    {
        (int running, int read) = (0, 0);
        var pictures = new PreparedPictures(
            Lots(50, 4),
            1,
            2,
            (_, _) =>
            {
                Interlocked.Increment(ref running);
                Interlocked.Increment(ref read);
                Thread.Sleep(5);
                Interlocked.Decrement(ref running);
            },
            CancellationToken.None
        );
        for (int i = 0; i < taken; i++)
            pictures.Take();
        pictures.Dispose();
        Assert.Equal(0, Volatile.Read(ref running));
        int sofar = Volatile.Read(ref read);
        Thread.Sleep(50);
        Assert.Equal(sofar, Volatile.Read(ref read));
        Assert.InRange(sofar, 0, 4 * (taken + 3));
    }

    private static string[][] Lots(int count, int size) => [.. Enumerable.Range(0, count * size).Select(i => $"{i}").Chunk(size)];

    private static float Number(string name) => float.Parse(name, System.Globalization.CultureInfo.InvariantCulture);
}
