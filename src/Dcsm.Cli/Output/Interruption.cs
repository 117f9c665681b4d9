using System.Runtime.InteropServices;

namespace Dcsm.Cli.Output;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a cancellation; the second ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
    }

    public CancellationToken Token => _source.Token;

    /// <summary>128 + the signal's number, as shells have it; 130 for Ctrl-C.</summary>
    public int ExitCode { get; private set; } = 130;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
            return;
        ExitCode = context.Signal == PosixSignal.SIGTERM ? 143 : 130;
        context.Cancel = true;
        _source.Cancel();
    }
}
