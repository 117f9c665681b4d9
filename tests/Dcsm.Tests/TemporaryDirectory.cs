namespace Dcsm.Tests;

/// <summary>A directory that is deleted afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory() => Directory.CreateDirectory(Root);

    internal string Root { get; } = Path.Combine(Path.GetTempPath(), $"dcsm-tests-{Guid.NewGuid():N}");

    internal string At(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
