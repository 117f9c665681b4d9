namespace Dcsm.Cli.Tests;

/// <summary>Tests of processes run one after the other: each uses all cores.</summary>
[CollectionDefinition(Name)]
public sealed class TinyModelsGroup : ICollectionFixture<TinyModels>
{
    public const string Name = "tiny models";
}
