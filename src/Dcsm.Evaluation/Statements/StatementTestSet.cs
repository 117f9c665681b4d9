using System.Collections.Concurrent;
using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Scorers;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.Statements;

/// <summary>Pictures with statements, rendered at each encoder's own size when they are encoded; the same for the same arguments.</summary>
public sealed class StatementTestSet
{
    private const ulong GalleryStream = 0x6A11E;
    private readonly ObjectLibrary _library;
    private readonly ConcurrentDictionary<int, SceneRenderer> _renderers = new();

    /// <summary>Draws them.</summary>
    /// <param name="sampler">Draws scenes and statements.</param>
    /// <param name="library">The objects that <paramref name="sampler"/> draws from.</param>
    /// <param name="parts">Parts of the split, in the order of the result.</param>
    /// <param name="pictures">Pictures of each part.</param>
    /// <param name="seed">Seed of the scenes; take another one than training had.</param>
    /// <exception cref="InvalidDataException">A part has no pair of objects.</exception>
    public StatementTestSet(StatementSampler sampler, ObjectLibrary library, IReadOnlyList<SplitPart> parts, int pictures, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pictures);
        _library = library;
        Pictures = [.. parts.SelectMany(part => Draw(sampler, part, pictures, seed))];
        Description = new Dictionary<string, string>
        {
            ["source"] = "sampled",
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["pictures"] = pictures.ToString(CultureInfo.InvariantCulture),
            ["splitSeed"] = sampler.Split.Seed.ToString(CultureInfo.InvariantCulture),
            ["seenObjects"] = sampler.Split.SeenObjects.Count.ToString(CultureInfo.InvariantCulture),
            ["unseenObjects"] = sampler.Split.UnseenObjects.Count.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>The pictures, part by part.</summary>
    public IReadOnlyList<StatementPicture> Pictures { get; }

    /// <summary>Where they come from, to be written into results. Keys are camelCase.</summary>
    public IReadOnlyDictionary<string, string> Description { get; }

    /// <summary>A picture to look at.</summary>
    /// <param name="picture">Place in <see cref="Pictures"/>.</param>
    /// <param name="size">Its side in pixels.</param>
    public RgbImage Picture(int picture, int size) => new(size, size, Renderer(size).Render(Pictures[picture].Said.Scene));

    /// <summary>Which pictures the captions of these are true of.</summary>
    /// <returns>[pictures, captions]; null where people might not agree.</returns>
    internal bool?[,] Truth(int first, int count)
    {
        bool?[,] truth = new bool?[count, count];
        for (int picture = 0; picture < count; picture++)
        {
            for (int caption = 0; caption < count; caption++)
            {
                truth[picture, caption] = Pictures[first + caption]
                    .Caption.Statement.IsTrueOf(Pictures[first + picture].Said.Scene, _library);
            }
        }

        return truth;
    }

    internal ImageEncoding Encode(IEncoder encoder, int first, int count, CancellationToken cancellationToken)
    {
        SceneRenderer renderer = Renderer(encoder.ImageSize);
        byte[] rgb = new byte[count * renderer.ByteCount];
        Parallel.For(
            0,
            count,
            new ParallelOptions { CancellationToken = cancellationToken },
            i => renderer.Render(Pictures[first + i].Said.Scene, rgb.AsSpan(i * renderer.ByteCount, renderer.ByteCount))
        );
        return encoder.EncodeRgb(rgb, count);
    }

    private static List<StatementPicture> Draw(StatementSampler sampler, SplitPart part, int pictures, ulong seed)
    {
        if (!sampler.Has(part))
            throw new InvalidDataException($"{SceneNames.Of(part)}: the split has no pair of objects to draw scenes of");
        var drawn = new List<StatementPicture>(pictures);
        for (long index = 0; drawn.Count < pictures; index++)
        {
            StatementScene said = sampler.Scene(part, seed, index);
            StatementTwin[] trained = [.. said.Twins.Where(twin => twin.Wordings == StatementWordings.Trained)];
            // With very few objects, a scene of all of them leaves nothing false to say.
            if (trained.Length == 0)
                continue;
            var random = new SceneRandom(seed, GalleryStream + (ulong)part, (ulong)index);
            drawn.Add(
                new StatementPicture(
                    string.Create(CultureInfo.InvariantCulture, $"{SceneNames.Of(part)}/{index}"),
                    part,
                    said,
                    trained[random.NextInt(trained.Length)].True
                )
            );
        }

        return drawn;
    }

    private SceneRenderer Renderer(int size) => _renderers.GetOrAdd(size, s => new SceneRenderer(_library, s));
}
