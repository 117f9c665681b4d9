using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Progress;
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
        IProgress<WorkProgress>? progress = null,
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
        ZeroShotClassifier colors = Colors(encoder, names, options);
        SceneRenderer renderer = new(library, encoder.ImageSize);
        int total = names.Length * options.PicturesPerObject;
        var counts = new Counts(names);
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
                counts.AddName(Row(byName, i), Row(byEnsemble, i), thing, item);
                if (shown[i].Color >= 0)
                    counts.AddColor(Row(byColor, i).Slice(thing * SceneColors.Count, SceneColors.Count), shown[i].Color, item);
            }

            progress?.Report(new WorkProgress(first + count, total, "zero-shot"));
        }

        return counts.ToResult(encoder, options);
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

    /// <summary>A class for each color of each object, names first.</summary>
    private static ZeroShotClassifier Colors(IEncoder encoder, string[] names, ZeroShotOptions options) =>
        new(
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

    private static ReadOnlySpan<float> Row(float[,] scores, int row) =>
        System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref scores[row, 0], scores.GetLength(1));

    /// <summary>What was named rightly so far.</summary>
    private sealed class Counts(string[] names)
    {
        private readonly int[] _pictures = new int[names.Length];
        private readonly int[] _right = new int[names.Length];
        private readonly Dictionary<int, int>[] _mistakes = [.. names.Select(_ => new Dictionary<int, int>())];
        private int _amongFive;
        private int _rightByEnsemble;
        private int _tinted;
        private int _colorsRight;

        public void AddName(ReadOnlySpan<float> scores, ReadOnlySpan<float> byEnsemble, int thing, string item)
        {
            var choice = Choice.Of(scores, thing, item);
            _pictures[thing]++;
            if (choice.Strict)
                _right[thing]++;
            else if (choice.Chosen != thing)
                _mistakes[thing][choice.Chosen] = _mistakes[thing].GetValueOrDefault(choice.Chosen) + 1;
            if (NotBelow(scores, thing) <= 5)
                _amongFive++;
            if (Choice.Of(byEnsemble, thing, item).Strict)
                _rightByEnsemble++;
        }

        public void AddColor(ReadOnlySpan<float> scores, int color, string item)
        {
            _tinted++;
            if (Choice.Of(scores, color, item).Strict)
                _colorsRight++;
        }

        public ZeroShotResult ToResult(IEncoder encoder, ZeroShotOptions options)
        {
            int pictures = _pictures.Sum();
            return new ZeroShotResult
            {
                Encoder = encoder.Name,
                Fingerprint = encoder.Fingerprint,
                Options = options,
                Versions = SoftwareVersions.Current(),
                Names = names.Length,
                Pictures = pictures,
                Naming = Wilson.Interval(_right.Sum(), pictures, options.Confidence),
                NamingTop5 = Wilson.Interval(_amongFive, pictures, options.Confidence),
                NamingEnsemble = Wilson.Interval(_rightByEnsemble, pictures, options.Confidence),
                Colors = SceneColors.Count,
                TintedPictures = _tinted,
                ColorNaming = Wilson.Interval(_colorsRight, _tinted, options.Confidence),
                Objects =
                [
                    .. names.Select(
                        (name, i) =>
                            new ZeroShotObject(
                                name,
                                _pictures[i],
                                _right[i],
                                _mistakes[i].Count == 0 ? "" : names[_mistakes[i].MaxBy(m => (m.Value, -m.Key)).Key]
                            )
                    ),
                ],
            };
        }

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
}
