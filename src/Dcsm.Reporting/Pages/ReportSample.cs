using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Collections;
using Dcsm.Maps;

namespace Dcsm.Reporting.Pages;

/// <summary>A picture with captions, what scorers say of it, and its dense maps.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Picture">The picture, to be looked at.</param>
/// <param name="Seen">The picture as the model sees it: square, what dense maps lie over.</param>
/// <param name="Scorers">The scorers' names.</param>
/// <param name="Captions">The captions with their scores.</param>
/// <param name="Maps">A dense map a caption, of the last DCSM head among the scorers; empty when there is none.</param>
public sealed record ReportSample(
    string Title,
    RgbImage Picture,
    RgbImage Seen,
    IReadOnlyList<string> Scorers,
    IReadOnlyList<ReportCaption> Captions,
    IReadOnlyList<DenseMapExplanation> Maps
)
{
    /// <summary>The scorers' names.</summary>
    public IReadOnlyList<string> Scorers
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Scorers);

    /// <summary>The captions with their scores.</summary>
    public IReadOnlyList<ReportCaption> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>A dense map a caption, of the last DCSM head among the scorers; empty when there is none.</summary>
    public IReadOnlyList<DenseMapExplanation> Maps
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Maps);

    /// <summary>Scores a picture file.</summary>
    /// <param name="path">The picture.</param>
    /// <param name="captions">The captions to choose from.</param>
    /// <param name="trueCaption">Place of the caption that is true; null where that is not known.</param>
    /// <param name="scorers">The scorers.</param>
    /// <param name="title">What stands above it; the file's name where null.</param>
    /// <exception cref="FileNotFoundException">There is no such picture.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read, or a score is NaN.</exception>
    public static ReportSample FromFile(
        string path,
        IReadOnlyList<string> captions,
        int? trueCaption,
        IReadOnlyList<IScorer> scorers,
        string? title = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(scorers);
        RgbImage picture = scorers.Count > 0 ? scorers[0].Encoder.Open(path) : RgbImage.Load(path);
        return Create(
            title ?? Path.GetFileNameWithoutExtension(path),
            picture,
            SeenBy(scorers, picture),
            // Decoded once, unless another encoder reads files otherwise.
            encoder =>
                encoder == scorers[0].Encoder
                    ? encoder.EncodeRgb(encoder.Prepare(picture).Pixels.ToArray(), 1)
                    : encoder.EncodeImages([path]),
            captions,
            trueCaption,
            scorers
        );
    }

    /// <summary>Scores a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="captions">The captions to choose from.</param>
    /// <param name="trueCaption">Place of the caption that is true; null where that is not known.</param>
    /// <param name="scorers">The scorers.</param>
    /// <param name="title">What stands above it.</param>
    /// <param name="wording">What a scorer reads instead of a caption; null for the caption as it is.</param>
    public static ReportSample FromPicture(
        RgbImage picture,
        IReadOnlyList<string> captions,
        int? trueCaption,
        IReadOnlyList<IScorer> scorers,
        string title,
        Func<IScorer, string, string>? wording = null
    )
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(scorers);
        return Create(
            title,
            picture,
            SeenBy(scorers, picture),
            encoder => encoder.EncodeRgb(encoder.Prepare(picture).Pixels.ToArray(), 1),
            captions,
            trueCaption,
            scorers,
            wording
        );
    }

    /// <summary>Which caption a scorer gives the highest score; null for a tie.</summary>
    /// <param name="scorer">The scorer's place in <see cref="Scorers"/>.</param>
    public int? Choice(int scorer)
    {
        float highest = Captions.Max(c => c.Scores[scorer]);
        int[] best = [.. Enumerable.Range(0, Captions.Count).Where(c => Captions[c].Scores[scorer] == highest)];
        return best.Length == 1 ? best[0] : null;
    }

    private static ReportSample Create(
        string title,
        RgbImage picture,
        RgbImage seen,
        Func<IEncoder, ImageEncoding> encode,
        IReadOnlyList<string> captions,
        int? trueCaption,
        IReadOnlyList<IScorer> scorers,
        Func<IScorer, string, string>? wording = null
    )
    {
        ArgumentNullException.ThrowIfNull(captions);
        if (captions.Count == 0)
            throw new ArgumentException("A sample needs at least one caption.", nameof(captions));
        if (scorers.Count == 0)
            throw new ArgumentException("A sample needs at least one scorer.", nameof(scorers));
        if (trueCaption is { } right)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)right, (uint)captions.Count, nameof(trueCaption));

        float[][] scores = new float[scorers.Count][];
        List<DenseMapExplanation> maps = [];
        foreach (IGrouping<string, int> group in Enumerable.Range(0, scorers.Count).GroupBy(s => scorers[s].Encoder.Fingerprint))
        {
            IEncoder encoder = scorers[group.First()].Encoder;
            ImageEncoding image = encode(encoder);
            foreach (int s in group)
            {
                TextEncoding texts = encoder.EncodeTexts(
                    scorers[s].Read(wording is null ? captions : [.. captions.Select(caption => wording(scorers[s], caption))]),
                    scorers[s].TextTokens > 0 ? scorers[s].TextTokens : encoder.ContextLength
                );
                float[,] row = scorers[s].Score(image, texts);
                scores[s] = [.. Enumerable.Range(0, captions.Count).Select(c => row[0, c])];
                int nan = Array.FindIndex(scores[s], float.IsNaN);
                if (nan >= 0)
                {
                    throw new InvalidDataException(
                        $"{title}: {scorers[s].Name} scores the caption '{captions[nan]}' NaN; every score must be a number."
                    );
                }

                if (scorers[s] is not DcsmHeadScorer dcsm || scorers.Skip(s + 1).OfType<DcsmHeadScorer>().Any())
                    continue;
                maps = [.. Enumerable.Range(0, captions.Count).Select(c => dcsm.Head.Explain(image, 0, texts, c))];
            }
        }

        return new ReportSample(
            title,
            picture,
            seen,
            [.. scorers.Select(s => s.Name)],
            [
                .. captions.Select(
                    (text, c) => new ReportCaption(text, trueCaption is null ? null : trueCaption == c, [.. scores.Select(row => row[c])])
                ),
            ],
            maps
        );
    }

    // CLIP's preparation brings the shorter side to the model's size and cuts the middle out.
    // Each way of preparing pictures cuts or squeezes them as it does; a square is shown as it is, which is sharper.
    private static RgbImage SeenBy(IReadOnlyList<IScorer> scorers, RgbImage picture) =>
        picture.Width == picture.Height || scorers.Count == 0 ? picture : scorers[^1].Encoder.Prepare(picture);
}
