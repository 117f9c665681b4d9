using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Diagnostics;

/// <summary>
/// Measures what a CLIP's dense maps hold before any head: do the words of "a picture of a red apple and a blue pear" point at their
/// own object's patches, and where does the highest value of a map lie? On scenes of two tinted objects, whose pixels are known.
/// </summary>
public static class DenseMapDiagnostics
{
    /// <summary>Draws the scenes and measures.</summary>
    /// <param name="encoder">The CLIP. Its patches must form a square grid.</param>
    /// <param name="sampler">Draws the scenes.</param>
    /// <param name="library">The objects that <paramref name="sampler"/> draws from.</param>
    /// <param name="part">The part of the split.</param>
    /// <param name="scenes">How many scenes.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">The encoder's patches form no square grid.</exception>
    public static DenseMapDiagnosticsResult Run(
        IEncoder encoder,
        SceneSampler sampler,
        ObjectLibrary library,
        SplitPart part,
        int scenes,
        ulong seed,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(library);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scenes);
        int grid = Grid(encoder);
        SceneRenderer renderer = new(library, encoder.ImageSize);
        Measures measures = new();

        const int Batch = 64;
        for (int first = 0; first < scenes; first += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(Batch, scenes - first);
            Scene[] drawn = [.. Enumerable.Range(first, count).Select(i => sampler.Sample(SceneKind.Color, part, seed, i).Image)];
            byte[] rgb = new byte[count * renderer.ByteCount];
            int[][] owners = new int[count][];
            Parallel.For(
                0,
                count,
                i =>
                {
                    Span<byte> picture = rgb.AsSpan(i * renderer.ByteCount, renderer.ByteCount);
                    renderer.Render(drawn[i], picture);
                    owners[i] = PatchOwners(renderer, drawn[i], grid);
                }
            );
            CaptionWords[] captions = [.. drawn.Select(scene => CaptionWords.Of(scene, library))];
            ImageEncoding images = encoder.EncodeRgb(rgb, count);
            TextEncoding texts = encoder.EncodeTexts([.. captions.Select(c => c.Caption)], encoder.ContextLength);
            for (int i = 0; i < count; i++)
                measures.Add(images.Tokens[i], texts, i, captions[i], owners[i]);
            progress?.Report(new WorkProgress(first + count, scenes, "dense maps"));
        }

        return measures.Result(encoder, part, scenes, seed);
    }

    /// <summary>
    /// Which object each patch shows: its place in the scene, −1 for background, −2 for patches that an object only touches or several
    /// share. Found by drawing the scene with each object alone and without any: background and noise stay the same.
    /// </summary>
    internal static int[] PatchOwners(SceneRenderer renderer, Scene scene, int grid)
    {
        int size = renderer.ImageSize;
        byte[] empty = renderer.Render(scene with { Objects = [] });
        int[] owners = new int[grid * grid];
        Array.Fill(owners, -1);
        for (int o = 0; o < scene.Objects.Count; o++)
        {
            byte[] alone = renderer.Render(scene with { Objects = [scene.Objects[o]] });
            int[] covered = new int[grid * grid],
                area = new int[grid * grid];
            for (int y = 0; y < size; y++)
            {
                for (int x = 0; x < size; x++)
                {
                    int patch = y * grid / size * grid + x * grid / size;
                    int pixel = 3 * (y * size + x);
                    area[patch]++;
                    if (!alone.AsSpan(pixel, 3).SequenceEqual(empty.AsSpan(pixel, 3)))
                        covered[patch]++;
                }
            }

            for (int patch = 0; patch < owners.Length; patch++)
            {
                if (covered[patch] == 0)
                    continue;
                owners[patch] = 2 * covered[patch] >= area[patch] && owners[patch] == -1 ? o : -2;
            }
        }

        return owners;
    }

    internal static int Grid(IEncoder encoder)
    {
        int grid = (int)Math.Round(Math.Sqrt(encoder.ImageTokens - 1));
        return grid > 0 && grid * grid == encoder.ImageTokens - 1
            ? grid
            : throw new ArgumentException(
                $"{encoder.Name} has {encoder.ImageTokens} image tokens; CLS and a square grid of patches are needed.",
                nameof(encoder)
            );
    }

    /// <summary>A caption with the places of its two colors and two nouns.</summary>
    internal sealed record CaptionWords(string Caption, TextRange[] Colors, TextRange[] Nouns)
    {
        public static CaptionWords Of(Scene scene, ObjectLibrary library)
        {
            string caption = "a picture of";
            TextRange[] colors = new TextRange[2],
                nouns = new TextRange[2];
            for (int o = 0; o < 2; o++)
            {
                caption += o == 0 ? " a " : " and a ";
                string color = SceneColors.Names[scene.Objects[o].Color],
                    noun = library.Objects[scene.Objects[o].Object].Name;
                colors[o] = new TextRange(caption.Length, color.Length);
                nouns[o] = new TextRange(caption.Length + color.Length + 1, noun.Length);
                caption += $"{color} {noun}";
            }

            return new CaptionWords(caption, colors, nouns);
        }
    }

    private sealed class Measures
    {
        private readonly Average _nounOther = new(),
            _nounGround = new(),
            _colorOther = new(),
            _colorGround = new();
        private int _atCorner,
            _atCls,
            _atEnd,
            _maps;

        public void Add(ReadOnlySpan<float> patches, TextEncoding texts, int item, CaptionWords words, int[] owners)
        {
            int dimension = texts.Tokens.Dimension,
                imageTokens = owners.Length + 1;
            TokenizedText tokens = texts.Texts[item];
            float[] cosines = new float[imageTokens];
            float highest = float.NegativeInfinity;
            int highestImage = 0,
                highestText = 0;
            for (int t = 0; t < tokens.Length; t++)
            {
                Cosines(patches, texts.Tokens[item].Slice(t * dimension, dimension), cosines);
                int place = TensorPrimitives.IndexOfMax<float>(cosines);
                if (cosines[place] > highest)
                    (highest, highestImage, highestText) = (cosines[place], place, t);
            }

            _maps++;
            bool atCls = highestImage == 0,
                atEnd = highestText == tokens.Length - 1;
            if (atCls)
                _atCls++;
            if (atEnd)
                _atEnd++;
            if (atCls && atEnd)
                _atCorner++;

            for (int o = 0; o < 2; o++)
            {
                Word(patches, texts.Tokens[item], tokens, words.Nouns[o], o, owners, cosines, _nounOther, _nounGround);
                Word(patches, texts.Tokens[item], tokens, words.Colors[o], o, owners, cosines, _colorOther, _colorGround);
            }
        }

        public DenseMapDiagnosticsResult Result(IEncoder encoder, SplitPart part, int scenes, ulong seed) =>
            new(
                encoder.Name,
                encoder.Fingerprint,
                part,
                scenes,
                seed,
                _nounOther.Value,
                _nounGround.Value,
                _colorOther.Value,
                _colorGround.Value,
                _atCorner / (double)_maps,
                _atCls / (double)_maps,
                _atEnd / (double)_maps
            );

        // Under a causal mask only the last of a word's tokens has seen all of the word.
        private static void Word(
            ReadOnlySpan<float> image,
            ReadOnlySpan<float> text,
            TokenizedText tokens,
            TextRange word,
            int own,
            int[] owners,
            float[] cosines,
            Average other,
            Average ground
        )
        {
            int last = -1;
            for (int t = 0; t < tokens.Length; t++)
            {
                if (tokens.Offsets[t].Length > 0 && tokens.Offsets[t].Start < word.End && tokens.Offsets[t].End > word.Start)
                    last = t;
            }

            if (last < 0)
            {
                throw new InvalidDataException(
                    $"'{tokens.Text}': the tokenizer gives no token for '{tokens.Text.Substring(word.Start, word.Length)}'."
                );
            }

            int dimension = text.Length / tokens.Ids.Count;
            Cosines(image, text.Slice(last * dimension, dimension), cosines);
            float[] ownPatches = Of(own),
                otherPatches = Of(1 - own),
                background = Of(-1);
            other.Add(RankStatistics.Auc(ownPatches, otherPatches));
            ground.Add(RankStatistics.Auc(ownPatches, background));

            float[] Of(int owner) => [.. Enumerable.Range(0, owners.Length).Where(p => owners[p] == owner).Select(p => cosines[p + 1])];
        }

        private static void Cosines(ReadOnlySpan<float> image, ReadOnlySpan<float> token, float[] cosines)
        {
            for (int i = 0; i < cosines.Length; i++)
                cosines[i] = TensorPrimitives.Dot(image.Slice(i * token.Length, token.Length), token);
        }
    }

    private sealed class Average
    {
        private double _sum;
        private int _count;

        public double Value => _count == 0 ? double.NaN : _sum / _count;

        // A small object may have no patch that is mostly its own.
        public void Add(double value)
        {
            if (double.IsNaN(value))
                return;
            _sum += value;
            _count++;
        }
    }
}
