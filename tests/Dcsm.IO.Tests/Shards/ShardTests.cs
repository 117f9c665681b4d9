using Dcsm.IO.Shards;
using FsCheck;
using FsCheck.Xunit;

namespace Dcsm.IO.Tests.Shards;

public sealed class ShardTests
{
    [Property]
    public bool Parts_are_even_and_make_up_the_list(NonNegativeInt items, PositiveInt count)
    {
        (int First, int Count)[] parts = [.. Enumerable.Range(1, count.Get).Select(number => new Shard(number, count.Get).Of(items.Get))];
        int next = 0;
        foreach ((int first, int length) in parts)
        {
            if (first != next || length - (items.Get / count.Get) is not (0 or 1))
                return false;
            next += length;
        }

        return next == items.Get;
    }

    [Fact]
    public void The_longest_list_can_be_cut()
    {
        (int first, int count) = new Shard(Shard.Most, Shard.Most).Of(int.MaxValue);
        Assert.Equal(int.MaxValue, first + count);
    }

    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("3/8", 3, 8)]
    [InlineData("007/1000000", 7, 1_000_000)]
    public void Text_is_read(string text, int number, int count) => Assert.Equal(new Shard(number, count), Shard.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("0/8")]
    [InlineData("9/8")]
    [InlineData("-1/8")]
    [InlineData("1/8/2")]
    [InlineData("1 /8")]
    [InlineData("1/1000001")]
    [InlineData("1/99999999999")]
    public void Other_text_is_of_no_part(string text) => Assert.Null(Shard.TryParse(text));

    [Fact]
    public void Names_sort_as_numbers_do()
    {
        string[] names = [.. Enumerable.Range(1, 120).Select(number => new Shard(number, 120).Name)];
        Assert.Equal("shard-007-of-120", names[6]);
        Assert.Equal(names, names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, "SLURM_JOB_ID=7")]
    [InlineData(null, "JOB_COMPLETION_INDEX=3")]
    [InlineData(null, "DCSM_SHARDS=3")]
    [InlineData("4/8", "SLURM_ARRAY_TASK_ID=3;SLURM_ARRAY_TASK_COUNT=8;SLURM_ARRAY_TASK_MIN=0")]
    [InlineData("3/8", "SLURM_ARRAY_TASK_ID=3;SLURM_ARRAY_TASK_COUNT=8;SLURM_ARRAY_TASK_MIN=1")]
    [InlineData("3/4", "SLURM_ARRAY_TASK_ID=5;SLURM_ARRAY_TASK_COUNT=4;SLURM_ARRAY_TASK_MIN=1;SLURM_ARRAY_TASK_STEP=2")]
    [InlineData("6/8", "SLURM_ARRAY_TASK_ID=5;SLURM_ARRAY_TASK_COUNT=2;SLURM_ARRAY_TASK_MIN=3;DCSM_SHARDS=8")]
    [InlineData("4/8", "JOB_COMPLETION_INDEX=3;DCSM_SHARDS=8")]
    [InlineData("1/1", "SLURM_ARRAY_TASK_ID=0;SLURM_ARRAY_TASK_COUNT=1;SLURM_ARRAY_TASK_MIN=0")]
    public void Engines_tell_of_parts(string? part, string environment) =>
        Assert.Equal(part, Shard.OfEnvironment(Variables(environment))?.ToString());

    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID is 7", "SLURM_ARRAY_TASK_ID=7;SLURM_ARRAY_TASK_COUNT=3;SLURM_ARRAY_TASK_MIN=1")]
    [InlineData("unknown number", "SLURM_ARRAY_TASK_ID=7")]
    [InlineData("JOB_COMPLETION_INDEX is 8", "JOB_COMPLETION_INDEX=8;DCSM_SHARDS=8")]
    [InlineData("'eight', which is no whole number", "JOB_COMPLETION_INDEX=8;DCSM_SHARDS=eight")]
    public void What_is_of_no_part_is_refused(string message, string environment) =>
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => Shard.OfEnvironment(Variables(environment))).Message,
            StringComparison.Ordinal
        );

    private static Func<string, string?> Variables(string text) =>
        text.Split(';').Select(one => one.Split('=')).ToDictionary(one => one[0], one => one[1]).GetValueOrDefault;
}
