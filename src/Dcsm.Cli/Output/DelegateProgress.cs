namespace Dcsm.Cli.Output;

/// <summary>Passes each report on at once and in order, on the thread that makes it.</summary>
internal sealed class DelegateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
