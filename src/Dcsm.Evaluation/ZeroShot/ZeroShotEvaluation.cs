using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>Asks a CLIP to name single objects, among all names, and the colors of tinted ones, on freshly drawn pictures.</summary>
public static class ZeroShotEvaluation
{
    /// <summary>Draws the pictures, encodes them once and asks.</summary>
    /// <param name="encoder">The CLIP.</param>
    /// <param name="library">The objects to show; all of their names are the choices.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">A prompt has no <c>{name}</c>, or the one for colors no <c>{color}</c>.</exception>
    /// <exception cref="InvalidDataException">A score is NaN.</exception>
    public static ZeroShotResult Run(
        IEncoder encoder,
        ObjectLibrary library,
        ZeroShotOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(library);
        options ??= new ZeroShotOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PicturesPerObject, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchPictures, nameof(options));
        if (!options.ColorPrompt.Contains("{color}", StringComparison.Ordinal))
            throw new ArgumentException($"The prompt '{options.ColorPrompt}' has no {{color}} to put the color in.", nameof(options));

        string[] names = [.. library.Objects.Select(o => o.Name)];
        var single = ZeroShotClassifier.FromNames(encoder, names, [options.Prompt]);
        var ensemble = ZeroShotClassifier.FromNames(encoder, names, options.Ensemble);
        ZeroShotClassifier colors = new(
            encoder,
            [
                .. names.SelectMany(name =>
                    SceneColors.Names.Select(color =>
                        (IReadOnlyList<string>)
                            [
                                options
                                    .ColorPrompt.Replace("{color}", color, StringComparison.Ordinal)
                                    .Replace("{name}", name, StringComparison.Ordinal),
                            ]
                    )
                ),
            ]
        );

        SceneRenderer renderer = new(library, encoder.ImageSize);
        int total = names.Length * options.PicturesPerObject;
        int named = 0,
            among5 = 0,
            namedByEnsemble = 0,
            tinted = 0,
            colorsRight = 0;
        int[] right = new int[names.Length];
        Dictionary<int, int>[] mistakes = [.. names.Select(_ => new Dictionary<int, int>())];

        for (int first = 0; first < total; first += options.BatchPictures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(options.BatchPictures, total - first);
            var shown = new PlacedObject[count];
            byte[] rgb = new byte[count * renderer.ByteCount];
            Parallel.For(
                0,
                count,
                i =>
                {
                    Scene scene = Draw(library, (first + i) / options.PicturesPerObject, first + i, options);
                    shown[i] = scene.Objects[0];
                    renderer.Render(scene, rgb.AsSpan(i * renderer.ByteCount, renderer.ByteCount));
                }
            );
            ImageEncoding images = encoder.EncodeRgb(rgb, count);
            float[,] byName = single.Score(images),
                byEnsemble = ensemble.Score(images),
                byColor = colors.Score(images);
            for (int i = 0; i < count; i++)
            {
                int thing = shown[i].Object;
                string item = $"Picture {first + i} of '{names[thing]}', {encoder.Name}";
                ReadOnlySpan<float> scores = Row(byName, i);
                var choice = Choice.Of(scores, thing, item);
                if (choice.Strict)
                {
                    named++;
                    right[thing]++;
                }
                else
                {
                    int mistake = choice.Chosen;
                    if (mistake != thing)
                        mistakes[thing][mistake] = mistakes[thing].GetValueOrDefault(mistake) + 1;
                }

                if (NotBelow(scores, thing) <= 5)
                    among5++;
                if (Choice.Of(Row(byEnsemble, i), thing, item).Strict)
                    namedByEnsemble++;
                if (shown[i].Color < 0)
                    continue;
                tinted++;
                if (Choice.Of(Row(byColor, i).Slice(thing * SceneColors.Count, SceneColors.Count), shown[i].Color, item).Strict)
                    colorsRight++;
            }

            progress?.Report(new EvaluationProgress("zero-shot", first + count, total));
        }

        return new ZeroShotResult
        {
            Encoder = encoder.Name,
            Fingerprint = encoder.Fingerprint,
            Options = options,
            Versions = SoftwareVersions.Current(),
            Names = names.Length,
            Pictures = total,
            Naming = Wilson.Interval(named, total, options.Confidence),
            NamingTop5 = Wilson.Interval(among5, total, options.Confidence),
            NamingEnsemble = Wilson.Interval(namedByEnsemble, total, options.Confidence),
            Colors = SceneColors.Count,
            TintedPictures = tinted,
            ColorNaming = Wilson.Interval(colorsRight, tinted, options.Confidence),
            Objects =
            [
                .. names.Select(
                    (name, i) =>
                        new ZeroShotObject(
                            name,
                            options.PicturesPerObject,
                            right[i],
                            mistakes[i].Count == 0 ? "" : names[mistakes[i].MaxBy(m => (m.Value, -m.Key)).Key]
                        )
                ),
            ],
        };
    }

    /// <summary>A picture of one object, whole within it, tinted half of the time.</summary>
    internal static Scene Draw(ObjectLibrary library, int thing, int index, ZeroShotOptions options)
    {
        const ulong Stream = 0x5_1461E; // apart from the streams of SceneSampler
        SceneRandom random = new(options.Seed, Stream, (ulong)index);
        ulong background = random.NextUInt64();
        float size = random.NextSingle(options.SmallestSize, options.LargestSize);
        SceneBox box = library.Box(new PlacedObject(thing, 0, 0, size, SceneColors.None, false));
        float x = random.NextSingle(box.Width / 2, 1 - box.Width / 2);
        float y = random.NextSingle(box.Height / 2, 1 - box.Height / 2);
        int color = random.NextBool() ? random.NextInt(SceneColors.Count) : SceneColors.None;
        return new Scene(background, [new PlacedObject(thing, x, y, size, color, random.NextBool())]);
    }

    private static ReadOnlySpan<float> Row(float[,] scores, int row) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref scores[row, 0], scores.GetLength(1));

    // The place of the right one when ties go against it.
    private static int NotBelow(ReadOnlySpan<float> scores, int right)
    {
        int place = 0;
        foreach (float score in scores)
        {
            if (score >= scores[right])
                place++;
        }

        return place;
    }
}
