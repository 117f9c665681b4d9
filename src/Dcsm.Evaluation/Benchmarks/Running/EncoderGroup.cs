using Dcsm.Clip.Models;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Scorers that read the same embeddings, so that each picture is encoded once for all of them.</summary>
internal sealed class EncoderGroup
{
    private readonly IReadOnlyList<IScorer> _all;
    private readonly EmbeddingCache? _cache;

    private EncoderGroup(IReadOnlyList<IScorer> all, int[] scorers, EmbeddingCache? cache)
    {
        (_all, Scorers, _cache) = (all, scorers, cache);
        Encoder = all[scorers[0]].Encoder;
        NeedsTokens = scorers.Any(s => all[s].TextTokens > 0);
    }

    /// <summary>Places in the list of all scorers.</summary>
    public IReadOnlyList<int> Scorers { get; }

    public IEncoder Encoder { get; }

    /// <summary>Whether a scorer reads more than the pooled embedding.</summary>
    public bool NeedsTokens { get; }

    public static EncoderGroup[] Of(IReadOnlyList<IScorer> scorers, EmbeddingCache? cache = null) =>
        [
            .. Enumerable
                .Range(0, scorers.Count)
                .GroupBy(s => (scorers[s].Encoder.Fingerprint, scorers[s].Encoder.Preprocessing))
                .Select(group => new EncoderGroup(scorers, [.. group], cache)),
        ];

    /// <summary>Decodes and prepares a picture, or finds its embeddings on disk.</summary>
    /// <exception cref="InvalidDataException">The picture is broken; the message names the annotation that asks for it.</exception>
    public PreparedPicture Prepare(BenchmarkImage image)
    {
        try
        {
            string? key =
                _cache is null || image.Path is null || !File.Exists(image.Path)
                    ? null
                    : EmbeddingCache.Key(Encoder, RegularFile.ReadAll(image.Path), image.Box);
            if (key is not null && _cache!.TryRead(key, NeedsTokens) is { } known)
                return new PreparedPicture(key, null, known);
            return new PreparedPicture(key, Encoder.Prepare(Encoder.Open(image)).Pixels.ToArray(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException(
                e.Message.Contains(image.Place, StringComparison.Ordinal) ? e.Message : $"{image.Place}: {e.Message}",
                e
            );
        }
    }

    /// <summary>Encodes what is not known yet, and keeps it on disk.</summary>
    /// <returns>The embeddings in the order of the pictures; without tokens where no scorer needs them.</returns>
    public ImageEncoding Encode(IReadOnlyList<PreparedPicture> pictures)
    {
        int[] fresh = [.. Enumerable.Range(0, pictures.Count).Where(i => pictures[i].Known is null)];
        ImageEncoding? encoded = null;
        if (fresh.Length > 0)
        {
            int size = 3 * Encoder.ImageSize * Encoder.ImageSize;
            byte[] rgb = new byte[fresh.Length * size];
            for (int i = 0; i < fresh.Length; i++)
                pictures[fresh[i]].Rgb!.CopyTo(rgb.AsSpan(i * size));
            encoded = Encoder.EncodeRgb(rgb, fresh.Length);
            if (_cache is not null)
            {
                for (int i = 0; i < fresh.Length; i++)
                    _cache.Write(pictures[fresh[i]].Key!, encoded, i, NeedsTokens);
            }
        }

        if (encoded is not null && fresh.Length == pictures.Count)
            return encoded;
        int tokens = NeedsTokens ? Encoder.ImageTokens : 0,
            dimension = (encoded ?? pictures[0].Known!).Pooled.Dimension;
        float[] allTokens = new float[pictures.Count * tokens * dimension];
        float[] pooled = new float[pictures.Count * dimension];
        for (int i = 0, next = 0; i < pictures.Count; i++)
        {
            (ImageEncoding from, int at) = pictures[i].Known is { } known ? (known, 0) : (encoded!, next++);
            from.Pooled[at].CopyTo(pooled.AsSpan(i * dimension));
            if (tokens > 0)
                from.Tokens[at].CopyTo(allTokens.AsSpan(i * tokens * dimension));
        }

        return new ImageEncoding(
            new TokenEmbeddings(allTokens, pictures.Count, tokens, dimension),
            new TokenEmbeddings(pooled, pictures.Count, 1, dimension)
        );
    }

    /// <summary>Encodes texts once for each length of tokens, and each wording, that a scorer asks for.</summary>
    /// <param name="wording">What each scorer reads, by its place in the list of all.</param>
    public IEnumerable<(IReadOnlyList<int> Scorers, TextEncoding Texts)> EncodeTexts(Func<int, IReadOnlyList<string>> wording)
    {
        // Padded columns are part of a map, so a scorer gets exactly the length that it was trained with.
        int any = Scorers.Select(s => _all[s].TextTokens).FirstOrDefault(length => length > 0, Encoder.ContextLength);
        var groups = new List<(int Length, IReadOnlyList<string> Texts, List<int> Scorers)>();
        foreach (int scorer in Scorers)
        {
            int length = _all[scorer].TextTokens > 0 ? _all[scorer].TextTokens : any;
            IReadOnlyList<string> texts = _all[scorer].Read(wording(scorer));
            List<int>? same = groups
                .Where(g => g.Length == length && (ReferenceEquals(g.Texts, texts) || g.Texts.SequenceEqual(texts)))
                .Select(g => g.Scorers)
                .FirstOrDefault();
            if (same is null)
                groups.Add((length, texts, [scorer]));
            else
                same.Add(scorer);
        }

        foreach ((int length, IReadOnlyList<string> texts, List<int> scorers) in groups)
            yield return (scorers, Encoder.EncodeTexts(texts, length));
    }
}
