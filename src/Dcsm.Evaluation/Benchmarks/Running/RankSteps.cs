namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>The highest of many scores, as deep as recalls look: those of the first places, and all tied with the last of them.</summary>
internal sealed class RankSteps
{
    /// <summary>The deepest k of a recall.</summary>
    public const int Deepest = 10;

    private readonly List<RankStep> _steps = [];
    private int _count;

    /// <summary>From the highest one down.</summary>
    public IReadOnlyList<RankStep> All => _steps;

    public void Add(RankStep step)
    {
        if (_count >= Deepest && step.Score < _steps[^1].Score)
            return;
        int at = _steps.Count;
        while (at > 0 && _steps[at - 1].Score < step.Score)
            at--;
        if (at > 0 && _steps[at - 1].Score == step.Score)
            _steps[at - 1] = _steps[at - 1] with { Count = _steps[at - 1].Count + step.Count };
        else
            _steps.Insert(at, step);
        _count += step.Count;
        while (_count - _steps[^1].Count >= Deepest)
        {
            _count -= _steps[^1].Count;
            _steps.RemoveAt(_steps.Count - 1);
        }
    }

    /// <summary>How many are above a score, and how many have it; beyond the deepest place some number that is at least as deep.</summary>
    public (int Higher, int Equal) Beside(float score) =>
        (
            _steps.TakeWhile(step => step.Score > score).Sum(step => step.Count),
            _steps.Where(step => step.Score == score).Sum(step => step.Count)
        );
}
