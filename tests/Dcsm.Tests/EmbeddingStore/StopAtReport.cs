using Dcsm.IO.Progress;

namespace Dcsm.Tests.EmbeddingStore;

/// <summary>Stops work at one of its reports.</summary>
/// <param name="number">Which, from 0.</param>
internal sealed class StopAtReport(int number) : IProgress<WorkProgress>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _reports;

    public CancellationToken Token => _stop.Token;

    public void Report(WorkProgress value)
    {
        if (_reports++ == number)
            _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
