using System.Globalization;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Data.DataSets;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Samples;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// Reads, captions and tokenizes the batches of a pre-training run on pictures with captions: epochs in shuffled order, no picture twice in
/// a batch, one of its captions at a time, drawn anew.
/// </summary>
internal sealed class ClipCaptionBatches : ClipPretrainingSource
{
    /// <summary>How many held-out pictures and captions are told apart.</summary>
    public const int Choices = 256;

    private const int MostWords = 4000,
        MostMerges = 4000;

    private const ulong CaptionStream = 0xCA97;

    // Decoded pictures are kept up to so many bytes.
    private const long MostKept = 512L << 20;

    private readonly ClipPretrainingOptions _options;
    private readonly CaptionedPictures _set;
    private readonly PictureOptions _decoding;
    private readonly ClipPreprocessor _preprocessor;
    private readonly ClipTokenizer _tokenizer;
    private readonly HashSet<int> _silent;
    private readonly SampleOrder _order;
    private readonly byte[]?[] _kept;

    /// <param name="options">Sizes and seed.</param>
    /// <param name="set">The pictures.</param>
    /// <param name="decoding">How they are decoded.</param>
    /// <exception cref="InvalidDataException">There are fewer pictures than a batch has.</exception>
    public ClipCaptionBatches(ClipPretrainingOptions options, CaptionedPictures set, PictureOptions decoding)
        : base(options)
    {
        if (set.Train.Count < options.BatchSize)
        {
            throw new InvalidDataException(
                $"there are {set.Train.Count} pictures to train on, fewer than a batch of {options.BatchSize}; a smaller --batch is needed"
            );
        }

        (_options, _set, _decoding) = (options, set, decoding);
        _preprocessor = new ClipPreprocessor(options.ImageSize);
        _order = new SampleOrder(options.Seed);
        long size = 3L * options.ImageSize * options.ImageSize;
        _kept = new byte[]?[Math.Min(set.Train.Count, MostKept / size)];
        KeyValuePair<string, int>[] words =
        [
            .. set.Train.AsParallel().SelectMany(picture => picture.Captions.SelectMany(WordsOf)).CountBy(word => word),
        ];
        Words = [.. words.Select(word => word.Key).Where(word => word.Any(char.IsLetterOrDigit)).Order(StringComparer.Ordinal)];
        Dictionary<string, int> counts = ClipVocabulary.CommonWords();
        foreach (
            (string word, int count) in words
                .OrderByDescending(word => word.Value)
                .ThenBy(word => word.Key, StringComparer.Ordinal)
                .Take(MostWords)
        )
        {
            counts[word] = counts.GetValueOrDefault(word) + count;
        }

        Vocabulary = BpeTrainer.Train(counts, MostMerges);
        _tokenizer = Tokenizer(options, Vocabulary);
        _silent =
        [
            .. Vocabulary
                .Vocabulary.Where(token => IsSilent(token.Key[..^(token.Key.EndsWith("</w>", StringComparison.Ordinal) ? 4 : 0)]))
                .Select(token => token.Value),
            _tokenizer.StartToken,
            _tokenizer.EndToken,
        ];
        int cut = set
            .Train.AsParallel()
            .Sum(picture => picture.Captions.Count(caption => _tokenizer.Tokenize(caption, options.ContextLength).Truncated));
        Remarks =
            cut == 0
                ? []
                : [FormattableString.Invariant($"{cut} captions have more than {options.ContextLength} tokens and are cut; see --context")];
    }

    public override IReadOnlyList<string> Remarks { get; }

    public override BpeTrainer Vocabulary { get; }

    public override IEnumerable<string> Words { get; }

    public override string Description =>
        string.Create(CultureInfo.InvariantCulture, $"{_set.Train.Count} pictures with captions, {_set.Fingerprint}");

    public override ClipPretrainingBatch Make(int step)
    {
        int count = _options.BatchSize,
            batches = _set.Train.Count / count;
        long first = ((long)(step / batches) * _set.Train.Count) + (step % batches * count);
        int[] places = [.. Enumerable.Range(0, count).Select(i => (int)_order.Index(0, first + i, _set.Train.Count))];
        string[] captions = new string[count];
        byte[][] pictures = new byte[count][];
        Parallel.For(
            0,
            count,
            i =>
            {
                IReadOnlyList<string> own = _set.Train[places[i]].Captions;
                captions[i] = own[new SceneRandom(_options.Seed, CaptionStream + (ulong)step, (ulong)i).NextInt(own.Count)];
                pictures[i] = Picture(places[i]);
            }
        );
        (long[] ids, int length, long[] ends, _) = Tokenize(captions);
        (long[] denseIds, int denseLength, _, float[] weights) = Tokenize(captions[.._options.DenseBatchSize]);
        return new ClipPretrainingBatch(Patches(count, i => pictures[i]), ids, length, ends, denseIds, denseLength, weights);
    }

    /// <summary>Pads captions to the longest of them.</summary>
    public (long[] Ids, int Length, long[] Ends, float[] Weights) Tokenize(IReadOnlyList<string> captions) =>
        Pad([
            .. captions.Select(caption =>
            {
                TokenizedText text = _tokenizer.Tokenize(caption, _options.ContextLength);
                return text.Ids.Take(text.Length).Select(id => ((long)id, !_silent.Contains(id))).ToArray();
            }),
        ]);

    public override ClipPretrainingProgress Evaluate(TorchClip clip, ClipPretrainingProgress progress)
    {
        CaptionedPicture[] asked = [.. _set.HeldOut.Take(Choices)];
        if (asked.Length < 2)
            return progress;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        string[] captions = [.. asked.Select(picture => picture.Captions[0])];
        Tensor images = clip.EncodeImages(PatchTensor(Patches(asked.Length, i => Load(asked[i])))).select(1, 0);
        (long[] ids, int length, long[] ends, _) = Tokenize(captions);
        Tensor texts = clip.EncodeTexts(tensor(ids, [captions.Length, length])).flatten(0, 1).index_select(0, tensor(ends));
        Tensor cosines = images.matmul(texts.t());
        return progress with { Retrieval = new ClipPretrainingRetrieval(asked.Length, Found(cosines), Found(cosines.t())) };

        // Pictures may have the same caption.
        double Found(Tensor scores) =>
            scores
                .argmax(1)
                .cpu()
                .data<long>()
                .Select((best, own) => captions[best] == captions[own] || asked[own].Captions.Contains(captions[best]) ? 1.0 : 0)
                .Average();
    }

    private byte[] Picture(int place)
    {
        if (place >= _kept.Length)
            return Load(_set.Train[place]);
        return _kept[place] ??= Load(_set.Train[place]);
    }

    private byte[] Load(CaptionedPicture picture) => _preprocessor.Crop(RgbImage.Load(picture.Path, _decoding)).Pixels.ToArray();

    private static IEnumerable<string> WordsOf(string caption)
    {
        // As every CLIP's tokenizer splits and writes them, whatever its vocabulary.
        ClipTokenizer tokenizer = BuiltIn.Value;
        return tokenizer.Decode(tokenizer.Encode(caption)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static readonly Lazy<ClipTokenizer> BuiltIn = new(() => ClipTokenizer.BuiltIn());

    // What names nothing to be seen: the dense term leaves it out.
    private static bool IsSilent(string word) => ClipPretrainingCaptions.IsFunctionWord(word) || !word.Any(char.IsLetterOrDigit);

    private static ClipTokenizer Tokenizer(ClipPretrainingOptions options, BpeTrainer vocabulary)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dcsm-vocabulary-");
        try
        {
            ClipDirectoryWriter.WriteTokenizer(folder.FullName, options, vocabulary);
            return ClipTokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
