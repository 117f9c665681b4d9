using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pairs;

namespace Dcsm.Cli.Inputs;

/// <summary>What is to be scored: every picture with every caption, or the pairs of a table.</summary>
internal sealed class ScoreInput
{
    private readonly string? _table;
    private readonly IReadOnlyList<ImageCaptionPair> _pairs = [];

    private ScoreInput(IReadOnlyList<string> images, IReadOnlyList<string> captions) => (Images, Captions) = (images, captions);

    private ScoreInput(string table, IReadOnlyList<ImageCaptionPair> pairs)
        : this([.. pairs.Select(p => p.ImagePath)], [.. pairs.Select(p => p.Caption)]) => (_table, _pairs) = (table, pairs);

    public bool IsPairs => _table is not null;

    /// <summary>Files; of the pairs where the input is a table of pairs.</summary>
    public IReadOnlyList<string> Images { get; }

    /// <summary>Captions; of the pairs where the input is a table of pairs.</summary>
    public IReadOnlyList<string> Captions { get; }

    public long Count => IsPairs ? _pairs.Count : (long)Images.Count * Captions.Count;

    /// <summary>Checks and takes pictures and captions.</summary>
    /// <exception cref="FileNotFoundException">A picture or the file of captions does not exist.</exception>
    /// <exception cref="ArgumentException">A caption is empty, or there are none.</exception>
    public static ScoreInput Grid(IReadOnlyList<string> images, IReadOnlyList<string> captions, string? captionsFile)
    {
        IReadOnlyList<string> all = AllCaptions(captions, captionsFile);
        if (images.Count == 0)
            throw new ArgumentException("there is no picture to score: name at least one file, or a table with --pairs");
        if (all.Count == 0)
            throw new ArgumentException("there is no caption to score: give --caption \"…\" or --captions FILE");
        foreach (string image in images)
            CheckPicture(image);
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

    /// <summary>Reads a table of pairs.</summary>
    public static ScoreInput Pairs(string table) => new(table, ImageCaptionCsv.Read(table));

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static void CheckPicture(string path)
    {
        if (Directory.Exists(path))
            throw new ArgumentException($"{path}: is a folder, not a picture");
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such picture", path);
    }

    /// <summary>The scores with what they are of. [images · captions] or [pairs]</summary>
    /// <remarks>Made one by one, as they are asked for: of ten million there is no need to hold any.</remarks>
    public IEnumerable<ScoredPair> Join(IReadOnlyList<float> scores, IReadOnlyList<float>? cosines) =>
        IsPairs
            ? _pairs.Select((pair, i) => new ScoredPair(pair.Row, pair.Image, pair.Caption, scores[i], cosines?[i]))
            : Enumerable
                .Range(0, scores.Count)
                .Select(i => new ScoredPair(null, Images[i / Captions.Count], Captions[i % Captions.Count], scores[i], cosines?[i]));

    /// <summary>Says in which row the picture stands that could not be read.</summary>
    public InvalidDataException WithRow(InvalidDataException error)
    {
        foreach (ImageCaptionPair pair in _pairs.DistinctBy(p => p.ImagePath))
        {
            try
            {
                RgbImage.Load(pair.ImagePath);
            }
            catch (InvalidDataException e)
            {
                return new InvalidDataException($"{_table}, line {pair.Row}: {e.Message}", e);
            }
        }

        return error;
    }

    /// <summary>Captions of a text file, one a line.</summary>
    public static IEnumerable<string> ReadCaptions(string path) => TextLines.Read(path, "captions").Select(line => line.Text);
}
