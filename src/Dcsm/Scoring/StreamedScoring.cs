using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Scoring;

/// <summary>Scores files and texts in lots, so that memory holds no more than a lot of either.</summary>
internal sealed class StreamedScoring(
    ClipModel clip,
    DcsmHead head,
    DcsmScorerOptions options,
    IProgress<long>? progress,
    CancellationToken cancellationToken
)
{
    private readonly EncodedPairScorer _scoring = new(head, head.Engine, options.Threads, cancellationToken);
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private ImageEncoding? _singleLot;
    private long _done;

    internal float[,] All(IReadOnlyList<string> imagePaths, IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        CheckCaptions(captions);
        float[,] scores = new float[imagePaths.Count, captions.Count];
        MapStatistics? together = null;
        if (head.Config.Standardization == MapStandardization.WholeBatch)
        {
            var sum = default(MapStatistics);
            ForEachBatch(imagePaths, captions, (_, _, images, texts) => sum = sum.Merge(_scoring.Measure(images, texts)));
            together = sum;
        }
        ForEachBatch(
            imagePaths,
            captions,
            (firstImage, firstCaption, images, texts) =>
            {
                float[,] lot = _scoring.All(images, texts, together);
                for (int image = 0; image < lot.GetLength(0); image++)
                {
                    for (int caption = 0; caption < lot.GetLength(1); caption++)
                        scores[firstImage + image, firstCaption + caption] = lot[image, caption];
                }
                Report(lot.Length);
            }
        );
        return scores;
    }

    internal float[] Pairs(IReadOnlyList<string> imagePaths, IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(imagePaths);
        CheckCaptions(captions);
        if (imagePaths.Count != captions.Count)
            throw new ArgumentException($"{imagePaths.Count} pictures and {captions.Count} captions do not make pairs.", nameof(captions));
        List<PairBatch<string>> lots = PairBatches.Create(imagePaths, captions, options.ImagesAtATime, options.CaptionsAtATime);
        float[] scores = new float[captions.Count];
        MapStatistics? together = null;
        if (head.Config.Standardization == MapStandardization.WholeBatch)
        {
            var sum = default(MapStatistics);
            ForEachBatch(lots, (lot, images, texts) => sum = sum.Merge(_scoring.Measure(images, texts, lot.Pairs)));
            together = sum;
        }
        ForEachBatch(
            lots,
            (lot, images, texts) =>
            {
                float[] lotScores = _scoring.Pairs(images, texts, lot.Pairs, together);
                for (int i = 0; i < lotScores.Length; i++)
                    scores[lot.Numbers[i]] = lotScores[i];
                Report(lotScores.Length);
            }
        );
        return scores;
    }

    internal static void CheckCaptions(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        for (int i = 0; i < captions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(captions[i]))
                throw new ArgumentException($"Caption {i} is empty.", nameof(captions));
        }
    }

    private void ForEachBatch(
        IReadOnlyList<string> imagePaths,
        IReadOnlyList<string> captions,
        Action<int, int, ImageEncoding, TextEncoding> score
    )
    {
        var imageLots = imagePaths.Chunk(options.ImagesAtATime).ToList();
        for (int caption = 0; caption < captions.Count; caption += options.CaptionsAtATime)
        {
            TextEncoding texts = EncodeTexts([.. captions.Skip(caption).Take(options.CaptionsAtATime)]);
            int image = 0;
            // A second pass over a single lot need not encode it again.
            foreach (ImageEncoding images in _singleLot is { } kept ? [kept] : clip.EncodeImageBatches(imageLots, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _singleLot = imageLots.Count == 1 ? images : null;
                score(image, caption, images, texts);
                image += images.Tokens.Count;
            }
        }
    }

    private void ForEachBatch(IReadOnlyList<PairBatch<string>> lots, Action<PairBatch<string>, ImageEncoding, TextEncoding> score)
    {
        using IEnumerator<ImageEncoding> images = clip.EncodeImageBatches([.. lots.Select(lot => lot.Images)], cancellationToken)
            .GetEnumerator();
        foreach (PairBatch<string> lot in lots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            images.MoveNext();
            score(lot, images.Current, EncodeTexts(lot.Captions));
        }
    }

    private TextEncoding EncodeTexts(IReadOnlyList<string> captions)
    {
        TextEncoding texts = clip.EncodeTexts(captions, head.Config.TextTokens);
        if (options.Warn is { } warn)
        {
            foreach (TokenizedText text in texts.Texts)
            {
                if (text.Truncated && _warned.Add(text.Text))
                    warn(TruncationWarning(text, head.Config.TextTokens));
            }
        }
        return texts;
    }

    internal static string TruncationWarning(TokenizedText text, int tokens)
    {
        string read = text.ReadText;
        return $"a caption is longer than the {tokens} tokens that the head reads (start and end included) and is cut after "
            + $"'{read}'; not read: '{text.Text[read.Length..].Trim()}'";
    }

    private void Report(int pairs)
    {
        _done += pairs;
        progress?.Report(_done);
    }
}
