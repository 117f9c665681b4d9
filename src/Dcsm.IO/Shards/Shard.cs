using System.Globalization;

namespace Dcsm.IO.Shards;

/// <summary>One of several even parts of a list, so that another process can do each: the third of eight. Immutable.</summary>
public readonly record struct Shard
{
    /// <summary>As many as any engine runs in one array.</summary>
    public const int Most = 1_000_000;

    /// <summary>A part.</summary>
    /// <param name="number">Which one, from 1.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public Shard(int number, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, count);
        (Number, Count) = (number, count);
    }

    /// <summary>Which one, from 1.</summary>
    public int Number { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The name of its folder; names sort as numbers do.</summary>
    public string Name
    {
        get
        {
            string count = Count.ToString(CultureInfo.InvariantCulture);
            return $"shard-{Number.ToString(CultureInfo.InvariantCulture).PadLeft(count.Length, '0')}-of-{count}";
        }
    }

    /// <summary>Reads "3/8".</summary>
    /// <returns>The part; null where the text is of no part.</returns>
    public static Shard? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return
            text.Split('/') is [var number, var count]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int which)
            && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
            && which >= 1
            && which <= all
            && all <= Most
            ? new Shard(which, all)
            : null;
    }

    /// <summary>
    /// The part that an engine tells its task of: Slurm's array (SLURM_ARRAY_TASK_ID, _COUNT, _MIN and _STEP) or Kubernetes' indexed job
    /// (JOB_COMPLETION_INDEX, with the number of parts in DCSM_SHARDS). Where DCSM_SHARDS is set, a Slurm array counts from 0 and may be of
    /// some of the parts only.
    /// </summary>
    /// <param name="variable">Gives a variable of the environment; null where there is none.</param>
    /// <returns>The part; null where no engine tells of one.</returns>
    /// <exception cref="InvalidDataException">What it tells is of no part.</exception>
    public static Shard? OfEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        int? all = Whole(variable, "DCSM_SHARDS");
        if (Whole(variable, "SLURM_ARRAY_TASK_ID") is { } task)
        {
            int first = all is null ? Whole(variable, "SLURM_ARRAY_TASK_MIN") ?? 0 : 0,
                step = all is null ? Whole(variable, "SLURM_ARRAY_TASK_STEP") ?? 1 : 1;
            int? count = all ?? Whole(variable, "SLURM_ARRAY_TASK_COUNT");
            return Checked("SLURM_ARRAY_TASK_ID", task, (task - first) / Math.Max(1, step), count, "array=0-7");
        }

        return all is not null && Whole(variable, "JOB_COMPLETION_INDEX") is { } index
            ? Checked("JOB_COMPLETION_INDEX", index, index, all, "completionMode: Indexed")
            : null;
    }

    /// <summary>What of a list is in this part: neighbors, as many as in the others or one more.</summary>
    /// <param name="items">The number of items in the list.</param>
    /// <returns>Where the part begins, and how many items it has; perhaps none.</returns>
    public (int First, int Count) Of(int items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(items);
        int first = (int)((long)items * (Number - 1) / Count);
        return (first, (int)((long)items * Number / Count) - first);
    }

    /// <summary>"3/8".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");

    private static Shard Checked(string name, int value, int index, int? count, string example) =>
        count is { } all && index >= 0 && index < all && all <= Most
            ? new Shard(index + 1, all)
            : throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} is {value}, which is no part of {count?.ToString(CultureInfo.InvariantCulture) ?? "an unknown number"}: parts "
                        + $"are numbered without gaps ({example}), or DCSM_SHARDS tells how many there are, from 0"
                )
            );

    private static int? Whole(Func<string, string?> variable, string name) =>
        variable(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value
        : throw new InvalidDataException($"{name} is '{text}', which is no whole number");
}
