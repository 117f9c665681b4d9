using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

/// <summary>What is held of pictures is the process's: such tests run beside no others, which read pictures, too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PictureMemoryGroup
{
    public const string Name = nameof(PictureMemory);
}
