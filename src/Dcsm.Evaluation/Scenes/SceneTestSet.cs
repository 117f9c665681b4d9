using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Samples to be judged, with their pictures: drawn while they are asked for, or read from a folder.</summary>
public abstract class SceneTestSet
{
    private protected SceneTestSet() { }

    /// <summary>The samples.</summary>
    public abstract IReadOnlyList<SceneTest> Tests { get; }

    /// <summary>Where they come from, to be written into results. Keys are camelCase.</summary>
    public abstract IReadOnlyDictionary<string, string> Description { get; }

    /// <summary>
    /// Encodes the pictures of samples <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1.
    /// </summary>
    /// <returns>2 · <paramref name="count"/> images: image and opposite of the first sample, of the next, and so on.</returns>
    public abstract ImageEncoding Encode(IEncoder encoder, int first, int count, CancellationToken cancellationToken = default);

    /// <summary>A picture to look at.</summary>
    /// <param name="test">Place in <see cref="Tests"/>.</param>
    /// <param name="opposite">Whether the opposite picture is asked for.</param>
    /// <param name="size">Side in pixels where it is drawn; a stored picture comes as it is.</param>
    public abstract RgbImage Picture(int test, bool opposite, int size);

    /// <summary>Samples drawn anew, the same for the same arguments.</summary>
    /// <param name="sampler">Draws them.</param>
    /// <param name="library">The objects that <paramref name="sampler"/> draws from.</param>
    /// <param name="parts">Parts of the split, in the order of the result.</param>
    /// <param name="samplesPerKind">How many samples of each kind in each part.</param>
    /// <param name="seed">Seed of the samples; take another one than training had.</param>
    /// <param name="kinds">The kinds, all four where null.</param>
    public static SceneTestSet Sample(
        SceneSampler sampler,
        ObjectLibrary library,
        IReadOnlyList<SplitPart> parts,
        int samplesPerKind,
        ulong seed,
        IReadOnlyList<SceneKind>? kinds = null
    ) => new SampledSceneTests(sampler, library, parts, samplesPerKind, seed, kinds ?? Enum.GetValues<SceneKind>());

    /// <summary>Samples of a folder that <c>dcsm synth</c> wrote.</summary>
    /// <param name="directory">The folder that holds <c>scenes.jsonl</c>.</param>
    /// <param name="parts">The parts of the split to take; all but <see cref="SplitPart.Train"/> where null.</param>
    /// <param name="kinds">The kinds to take, all where null.</param>
    /// <param name="samplesPerKind">At most so many of each kind in each part.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException"><c>scenes.jsonl</c> or a picture is missing.</exception>
    /// <exception cref="InvalidDataException">A line is wrong, or no sample is of the asked parts and kinds.</exception>
    public static SceneTestSet Open(
        string directory,
        IReadOnlyCollection<SplitPart>? parts = null,
        IReadOnlyCollection<SceneKind>? kinds = null,
        int samplesPerKind = int.MaxValue
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samplesPerKind);
        return new StoredSceneTests(directory, SceneDatasetReader.Read(directory), parts, kinds, samplesPerKind);
    }
}
