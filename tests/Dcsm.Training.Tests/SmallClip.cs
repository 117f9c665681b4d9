using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Tests;

/// <summary>A CLIP of random weights: 17 image tokens, 32 dimensions. What a head learns on it, it learns by heart.</summary>
public sealed class SmallClip : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallClip()
    {
        SmallRun.Open(Folder).WriteModel(Folder);
        Clip = ClipModel.Load(Folder);
    }

    public string Folder => _folder.Path;

    public ClipModel Clip { get; }

    /// <summary>Endless scenes of its ten objects.</summary>
    public SceneTrainingSource Scenes(ulong seed = 1) =>
        new(SmallRun.Library, SceneSplit.Create([.. SmallRun.Library.Objects.Select(o => o.Name)], 1, 0.3, 0.2), Clip.ImageSize, seed);

    public void Dispose()
    {
        Clip.Dispose();
        _folder.Dispose();
    }
}
