namespace Dcsm.Benchmarks.Compare;

/// <summary>One kind of work that is compared.</summary>
internal interface IWork
{
    /// <summary>Its name for <c>--only</c>.</summary>
    string Name { get; }

    /// <summary>Checks that all compute the same, then measures.</summary>
    IEnumerable<Row> Measure(Session session);
}
