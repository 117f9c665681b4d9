using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Data.Pairs;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Inputs;

/// <summary>What is to be encoded: each picture and each caption once, however often it is named.</summary>
internal sealed class EncodeInput
{
    private readonly List<ImageToEncode> _images = [];
    private readonly List<string> _captions = [];
    private readonly List<StoredPair> _pairs = [];
    private readonly Dictionary<string, int> _imageNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _captionNumbers = new(StringComparer.Ordinal);

    public EmbeddingStoreInput Input =>
        new()
        {
            Images = _images,
            Captions = _captions,
            Pairs = _pairs,
        };

    /// <summary>Checks and takes pictures and captions.</summary>
    /// <param name="images">Picture files, which exist or may be missing.</param>
    /// <param name="imagesFile">A text file of picture files, one a line; relative ones start at its folder.</param>
    /// <param name="captionsFile">A text file of captions, one a line.</param>
    /// <param name="pairs">The pairs of a table.</param>
    /// <param name="allowMissing">Whether a picture of the file may be missing.</param>
    /// <exception cref="FileNotFoundException">A picture or a file does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be; the message names the line or row.</exception>
    /// <exception cref="ArgumentException">There is nothing to encode.</exception>
    public static EmbeddingStoreInput Read(
        IReadOnlyList<string> images,
        string? imagesFile,
        string? captionsFile,
        IReadOnlyList<ImageCaptionPair> pairs,
        bool allowMissing
    )
    {
        var input = new EncodeInput();
        foreach (string image in images)
            input.Image(image, Path.GetFullPath(image));

        if (imagesFile is not null)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(imagesFile))!;
            foreach ((int line, string name) in TextLines.Read(imagesFile, "pictures"))
            {
                string path = Path.GetFullPath(name, folder);
                if (!allowMissing && !ContainedFile.Exists(path))
                    throw new FileNotFoundException($"{imagesFile}, line {line}: there is no picture '{name}'", path);
                input.Image(name, path);
            }
        }

        foreach (string caption in captionsFile is null ? [] : ScoreInput.ReadCaptions(captionsFile))
            input.Caption(caption);
        foreach (ImageCaptionPair pair in pairs)
            input._pairs.Add(new StoredPair(pair.Row, input.Image(pair.Image, pair.ImagePath), input.Caption(pair.Caption)));
        return input._images.Count + input._captions.Count > 0
            ? input.Input
            : throw new ArgumentException("there is nothing to encode: name pictures, or give --images-from, --captions or --pairs");
    }

    private int Image(string name, string path)
    {
        if (!_imageNumbers.TryGetValue(path, out int number))
        {
            _imageNumbers.Add(path, number = _images.Count);
            _images.Add(new ImageToEncode(name, path));
        }

        return number;
    }

    private int Caption(string caption)
    {
        if (!_captionNumbers.TryGetValue(caption, out int number))
        {
            _captionNumbers.Add(caption, number = _captions.Count);
            _captions.Add(caption);
        }

        return number;
    }
}
