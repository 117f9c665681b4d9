using System.Globalization;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Data.Pairs;

namespace Dcsm.Cli.Inputs;

/// <summary>What is to be scored: every picture with every caption, or the pairs of a table.</summary>
internal sealed class ScoreInput
{
    private readonly string? _table;
    private readonly IReadOnlyList<ImageCaptionPair> _pairs = [];
    private bool _mayBeEmpty;

    private ScoreInput(IReadOnlyList<string> images, IReadOnlyList<string> captions) => (Images, Captions) = (images, captions);

    private ScoreInput(string table, IReadOnlyList<ImageCaptionPair> pairs)
        : this([.. pairs.Select(p => p.ImagePath)], [.. pairs.Select(p => p.Caption)]) => (_table, _pairs) = (table, pairs);

    public bool IsPairs => _table is not null;

    /// <summary>Files; of the pairs where the input is a table of pairs.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>Captions; of the pairs where the input is a table of pairs.</summary>
    public IReadOnlyList<string> Captions { get; }

    /// <summary>The pictures; of a table each once, in the order in which they come.</summary>
    public IReadOnlyList<string> Pictures => IsPairs ? [.. Images.Distinct(StringComparer.Ordinal)] : Images;

    /// <summary>The first row of a table of pairs; 0 where there is none.</summary>
    public int FirstRow => _pairs.Count > 0 ? _pairs[0].Row : 0;

    public long Count => IsPairs ? _pairs.Count : (long)Images.Count * Captions.Count;

    /// <summary>What was left out.</summary>
    public IReadOnlyList<SkippedPair> Skipped { get; private init; } = [];

    /// <summary>Other columns of the table, whose fields come with the scores.</summary>
    public IReadOnlyList<string> OtherColumns => _pairs.Count == 0 ? [] : [.. _pairs[0].Others.Select(other => other.Key)];

    /// <summary>Checks and takes pictures and captions.</summary>
    /// <exception cref="FileNotFoundException">The file of captions does not exist.</exception>
    /// <exception cref="ArgumentException">A caption is empty, or there are none.</exception>
    public static ScoreInput Grid(IReadOnlyList<string> images, IReadOnlyList<string> captions, string? captionsFile)
    {
        IReadOnlyList<string> all = AllCaptions(captions, captionsFile);
        if (images.Count == 0)
            throw new ArgumentException("there is no picture to score: name at least one file, or a table with --pairs");
        if (all.Count == 0)
            throw new ArgumentException("there is no caption to score: give --caption \"…\" or --captions FILE");
        return new ScoreInput(images, all);
    }

    /// <summary>Captions of the command line and of a file.</summary>
    /// <exception cref="ArgumentException">A caption is empty.</exception>
    public static IReadOnlyList<string> AllCaptions(IReadOnlyList<string> captions, string? captionsFile)
    {
        for (int i = 0; i < captions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(captions[i]))
                throw new ArgumentException($"caption {i + 1} is empty; say what the picture should show");
        }

        return captionsFile is null ? captions : [.. captions, .. ReadCaptions(captionsFile)];
    }

    /// <summary>Takes the pairs of a table.</summary>
    public static ScoreInput Pairs(string table, IReadOnlyList<ImageCaptionPair> pairs) => new(table, pairs);

    /// <summary>The same without what is of broken pictures.</summary>
    /// <param name="broken">What is wrong with each broken picture, by its file.</param>
    /// <exception cref="InvalidDataException">Nothing is left.</exception>
    public ScoreInput Without(IReadOnlyDictionary<string, string> broken)
    {
        if (broken.Count == 0)
            return this;
        if (!_mayBeEmpty && Images.All(broken.ContainsKey))
            throw new InvalidDataException($"no picture is left to score, such as {broken.First().Value}");
        return IsPairs
            ? new ScoreInput(_table!, [.. _pairs.Where(pair => !broken.ContainsKey(pair.ImagePath))])
            {
                Skipped =
                [
                    .. _pairs
                        .Where(pair => broken.ContainsKey(pair.ImagePath))
                        .Select(pair => new SkippedPair(pair.Row, pair.Image, pair.Caption, broken[pair.ImagePath])
                        {
                            Columns = Others(pair),
                        }),
                ],
                _mayBeEmpty = _mayBeEmpty,
            }
            : new ScoreInput([.. Images.Where(image => !broken.ContainsKey(image))], Captions)
            {
                Skipped = [.. Images.Where(broken.ContainsKey).Select(image => new SkippedPair(null, image, null, broken[image]))],
                _mayBeEmpty = _mayBeEmpty,
            };
    }

    /// <summary>What is of some of the <see cref="Pictures"/>; there need be none, and none need be left of them.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public ScoreInput Part(int first, int count)
    {
        IEnumerable<string> pictures = Pictures.Skip(first).Take(count);
        if (!IsPairs)
            return new ScoreInput([.. pictures], Captions) { _mayBeEmpty = true };
        HashSet<string> mine = new(pictures, StringComparer.Ordinal);
        return new ScoreInput(_table!, [.. _pairs.Where(pair => mine.Contains(pair.ImagePath))]) { _mayBeEmpty = true };
    }

    /// <summary>What all of it is known by, as it is named.</summary>
    public string Digest() =>
        ShardFacts.OfList(
            IsPairs
                ? _pairs.SelectMany(pair =>
                    (IEnumerable<string>)
                        [
                            pair.Row.ToString(CultureInfo.InvariantCulture),
                            pair.Image,
                            pair.Caption,
                            .. pair.Others.SelectMany(other => new[] { other.Key, other.Value }),
                        ]
                )
                : [.. Images, "captions", .. Captions]
        );

    /// <summary>The picture of a pair; of a grid, pictures by captions.</summary>
    public string ImageOf(long number) => Images[(int)(IsPairs ? number : number / Captions.Count)];

    /// <summary>A score with what it is of.</summary>
    /// <param name="number">The number of the pair; of a grid, pictures by captions.</param>
    /// <param name="score">Its score.</param>
    /// <param name="cosine">Its cosine, where asked for.</param>
    /// <param name="cut">Captions that were cut.</param>
    public ScoredPair Join(long number, float score, float? cosine, HashSet<string> cut)
    {
        ScoredPair scored =
            IsPairs && _pairs[(int)number] is var pair
                ? new(pair.Row, pair.Image, pair.Caption, score, cosine) { Columns = Others(pair) }
                : new(null, ImageOf(number), Captions[(int)(number % Captions.Count)], score, cosine);
        return cut.Contains(scored.Caption) ? scored with { Truncated = true } : scored;
    }

    private static Dictionary<string, string>? Others(ImageCaptionPair pair) =>
        pair.Others.Count == 0 ? null : new(pair.Others, StringComparer.Ordinal);

    /// <summary>Says in which row the picture stands that could not be read.</summary>
    public InvalidDataException WithRow(InvalidDataException error) =>
        _pairs.FirstOrDefault(pair => error.Message.StartsWith(pair.ImagePath + ":", StringComparison.Ordinal)) is { } found
            ? new InvalidDataException($"{_table}, line {found.Row}: {error.Message}", error)
            : error;

    /// <summary>Captions of a text file, one a line.</summary>
    public static IEnumerable<string> ReadCaptions(string path) => TextLines.Read(path, "captions").Select(line => line.Text);
}
