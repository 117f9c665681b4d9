namespace Dcsm.Cli.Tests;

/// <summary>The other half of <see cref="TinyModelsGroup"/>: training, parts of lists, and CLIP's own uses.</summary>
[CollectionDefinition(Name)]
public sealed class TinyModelsSecondGroup : ICollectionFixture<TinyModels>
{
    public const string Name = "tiny models, second half";
}
