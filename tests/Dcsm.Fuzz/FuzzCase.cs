namespace Dcsm.Fuzz;

/// <summary>A good file of the corpus, and those that have to lie beside it.</summary>
public sealed record FuzzCase(string Path, IReadOnlyList<string> Beside)
{
    public bool Equals(FuzzCase? other) => other is not null && Path == other.Path && Beside.SequenceEqual(other.Beside);

    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);
}
