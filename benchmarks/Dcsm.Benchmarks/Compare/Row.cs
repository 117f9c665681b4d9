namespace Dcsm.Benchmarks.Compare;

/// <summary>A line of the comparison.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Against">The peer or the limit.</param>
/// <param name="Ratio">How many times as good ours is; where the goal is a most, how much worse it is, in units.</param>
/// <param name="Goal">What the ratio is to reach; null where the row only informs.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Note">What to know of it.</param>
/// <param name="AtMost">Whether the goal is the most that is allowed, not the least.</param>
internal sealed record Row(
    string Work,
    string Against,
    double Ratio,
    double? Goal,
    Measurement Ours,
    Measurement Peer,
    string Unit,
    string Note = "",
    bool AtMost = false
)
{
    public string Reached =>
        Goal is not { } goal ? "–"
        : (AtMost ? Ratio <= goal : Ratio >= goal) ? "yes"
        : "no";

    /// <summary>A rate: the more, the better.</summary>
    public static Row Rate(
        string work,
        string against,
        double? goal,
        Samples ours,
        Samples peer,
        double amount,
        string unit,
        string note = ""
    ) => new(work, against, peer.Median / ours.Median, goal, ours.As(s => amount / s), peer.As(s => amount / s), unit, note);

    /// <summary>A duration: the less, the better.</summary>
    public static Row Time(string work, string against, double? goal, Samples ours, Samples peer, string unit = "ms", string note = "")
    {
        double factor = unit == "ms" ? 1000 : 1;
        return new(work, against, peer.Median / ours.Median, goal, ours.As(s => s * factor), peer.As(s => s * factor), unit, note);
    }
}
