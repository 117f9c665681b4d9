namespace Dcsm.Cli.Tests;

/// <summary>
/// Tests of processes, in two halves of about the same length that run side by side: within one, a test after the other, as each uses
/// several cores.
/// </summary>
[CollectionDefinition(Name)]
public sealed class TinyModelsGroup : ICollectionFixture<TinyModels>
{
    public const string Name = "tiny models";
}
