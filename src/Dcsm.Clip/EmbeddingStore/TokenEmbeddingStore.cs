using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Dcsm.Clip.Models;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>
/// Token embeddings of images and captions in a directory, made once by a CLIP and read many times: <c>images.safetensors</c>,
/// <c>captions.safetensors</c>, an index of each, and <c>embeddings.json</c>. The files are memory-mapped, and what is asked for is
/// copied out, so that memory does not grow with them.
/// </summary>
/// <remarks>
/// What is stored as float32 comes back to the bit as CLIP gave it. Reading is thread-safe, and closing waits for those who read; the
/// files must not change meanwhile.
/// </remarks>
public sealed unsafe class TokenEmbeddingStore : IDisposable
{
    private readonly SafetensorsFile? _imageFile;
    private readonly SafetensorsFile? _captionFile;
    private readonly LineIndex? _imageIndex;
    private readonly LineIndex? _captionIndex;
    private readonly Lazy<StoredPair[]> _pairs;
    private readonly Lazy<Dictionary<string, int>> _captionNumbers;

    private TokenEmbeddingStore(string directory, EmbeddingStoreInfo info)
    {
        (Directory, Info) = (directory, info);
        _pairs = new(ReadPairs);
        _captionNumbers = new(NumberCaptions);
        try
        {
            if (info.Images > 0)
            {
                _imageFile = OpenTensors(StoreFiles.Images, StoreTensors.ImageTensors(info));
                _imageIndex = LineIndex.Open(PathOf(StoreFiles.ImageIndex), info.Images);
                IEnumerable<string> names = Enumerable
                    .Range(0, info.Images)
                    .Select(line => _imageIndex.Beginning(line, ("image", "sha256")).First);
                CheckList(StoreFiles.ImageIndex, StoreLines.Digest(names) == info.ImageList);
            }
            if (info.Captions > 0)
            {
                _captionFile = OpenTensors(StoreFiles.Captions, StoreTensors.CaptionTensors(info));
                _captionIndex = LineIndex.Open(PathOf(StoreFiles.CaptionIndex), info.Captions);
                CheckList(StoreFiles.CaptionIndex, StoreLines.IsOf(_captionIndex, info.Captions, info.CaptionList));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Encodes pictures and captions into a directory, or goes on where an earlier call with the same input was interrupted.
    /// </summary>
    /// <remarks>
    /// Whatever ends the process, the same call goes on from the last saved rows, and the files become the same to the bit. Nothing
    /// is in its place before it is complete.
    /// </remarks>
    /// <param name="directory">The directory; made if it is not there.</param>
    /// <param name="clip">The CLIP.</param>
    /// <param name="input">What is encoded.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told of everything that is done.</param>
    /// <param name="cancellationToken">Stops the work; what is encoded is kept.</param>
    /// <returns>False if the store was there already and nothing was to be done.</returns>
    /// <exception cref="ArgumentException">
    /// There is nothing to encode, a caption is empty, a pair names what is not there, or an option is out of its range.
    /// </exception>
    /// <exception cref="FileNotFoundException">A picture does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A picture can't be read, or none of them; or the directory holds embeddings of something else.
    /// </exception>
    /// <exception cref="IOException">The directory can't be written; what was encoded before is kept.</exception>
    public static bool Write(
        string directory,
        ClipModel clip,
        EmbeddingStoreInput input,
        EmbeddingStoreOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(input);
        options ??= new EmbeddingStoreOptions();
        if (EmbeddingStoreInfo.Types.All(known => known.Type != options.Type))
            throw new ArgumentException($"Embeddings are stored as F32, F16 or I8, not {options.Type.Name()}.", nameof(options));
        if (options.TextTokens < 2 || options.TextTokens > clip.Config.Text.ContextLength)
        {
            throw new ArgumentException(
                $"{options.TextTokens} text tokens are not from 2 to {clip.Config.Text.ContextLength}, the context length of "
                    + $"the CLIP in {clip.Directory}.",
                nameof(options)
            );
        }

        if (input.Images.Count == 0 && input.Captions.Count == 0)
            throw new ArgumentException("There is nothing to encode: neither pictures nor captions.", nameof(input));
        for (int i = 0; i < input.Captions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(input.Captions[i]))
                throw new ArgumentException($"Caption {i} is empty.", nameof(input));
        }
        if (input.EncodedCaptions is { } encoded && encoded.Count != input.Captions.Count)
        {
            throw new ArgumentException(
                $"There are {input.Captions.Count} captions, but {encoded.Count} in the words in which they are encoded.",
                nameof(input)
            );
        }

        foreach (StoredPair pair in input.Pairs)
        {
            if ((uint)pair.Image >= (uint)input.Images.Count || (uint)pair.Caption >= (uint)input.Captions.Count)
            {
                throw new ArgumentException(
                    $"A pair is of image {pair.Image} and caption {pair.Caption}; there are {input.Images.Count} images and "
                        + $"{input.Captions.Count} captions.",
                    nameof(input)
                );
            }
        }
        return new StoreWriter(clip, input, directory, options, progress, cancellationToken).Write();
    }

    /// <summary>
    /// Joins stores that were written side by side to one, in their order, to the byte the one that would have been written at once. One
    /// of them is open at a time; memory grows neither with their number nor with their size.
    /// </summary>
    /// <param name="parts">Their directories; of one CLIP and written in one way.</param>
    /// <param name="directory">The joined store; made if it is not there. The parts stay as they are.</param>
    /// <param name="pairs">Pairs by numbers of the joined store; asked for once.</param>
    /// <param name="progress">Told of the rows that are written.</param>
    /// <param name="cancellationToken">Stops the work; nothing is in its place then.</param>
    /// <returns>What the joined store holds.</returns>
    /// <exception cref="ArgumentException">There are no parts.</exception>
    /// <exception cref="InvalidDataException">The parts don't belong together, or the directory holds something else.</exception>
    public static EmbeddingStoreInfo Join(
        IReadOnlyList<string> parts,
        string directory,
        IEnumerable<StoredPair>? pairs = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return parts.Count > 0
            ? new StoreJoiner(parts, directory, progress, cancellationToken).Join(pairs ?? [])
            : throw new ArgumentException("There are no parts to be joined.", nameof(parts));
    }

    /// <summary>
    /// Opens a directory; description, headers, lengths of files and that the indices are the lists of the description are checked at once.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">It holds no embeddings, or a file is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// It is unfinished, a file is damaged, or the files do not belong together; the message names file and place.
    /// </exception>
    public static TokenEmbeddingStore Open(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        if (!System.IO.Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such directory of embeddings.");
        string path = Path.Combine(directory, EmbeddingStoreInfo.FileName);
        if (File.Exists(path))
            return new TokenEmbeddingStore(directory, StoreInfoJson.Parse(RegularFile.ReadAll(path, Utf8File.MostOfDescription), path));
        throw File.Exists(path + StoreFiles.Partial)
            ? new InvalidDataException(
                $"{directory}: the embeddings are unfinished; run the same 'dcsm encode' again, it goes on where it stopped."
            )
            : new FileNotFoundException(
                $"{directory}: there is no {EmbeddingStoreInfo.FileName}; 'dcsm encode' makes such directories.",
                path
            );
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>What the store holds and what made it.</summary>
    public EmbeddingStoreInfo Info { get; }

    /// <summary>The pairs that were named; empty if none were.</summary>
    /// <exception cref="InvalidDataException">The file of pairs is damaged.</exception>
    public IReadOnlyList<StoredPair> Pairs => _pairs.Value;

    /// <summary>Reads all tensors, and tells whether they are the ones that were written.</summary>
    /// <param name="progress">Told of the bytes that were read.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>False where the store is of a version that kept nothing to tell it by.</returns>
    /// <exception cref="InvalidDataException">They are not; the message names the file.</exception>
    public bool Verify(IProgress<WorkProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        (string Name, string? Content)[] files =
        [
            .. new[] { (StoreFiles.Images, Info.Images, Info.ImageContent), (StoreFiles.Captions, Info.Captions, Info.CaptionContent) }
                .Where(file => file.Item2 > 0)
                .Select(file => (PathOf(file.Item1), file.Item3)),
        ];
        if (files.Any(file => file.Content is null))
            return false;
        (long done, long total) = (0, files.Sum(file => new FileInfo(file.Name).Length));
        foreach ((string name, string? content) in files)
        {
            string found = StoreContent.Digest(name, Read, cancellationToken);
            if (found != content)
            {
                throw new InvalidDataException(
                    $"{name}: is not what was written: it is {found}, by {EmbeddingStoreInfo.FileName} it was {content}; encode again."
                );
            }
        }

        return true;

        void Read(long bytes) => progress?.Report(new WorkProgress(done += bytes, total, "bytes"));
    }

    /// <summary>Refuses a CLIP whose embeddings do not belong beside these.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <exception cref="InvalidDataException">
    /// Its fingerprint, or how it reads texts or pictures, is another; the message says both.
    /// </exception>
    public void Check(ClipModel clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        if (clip.Fingerprint != Info.ClipFingerprint)
        {
            throw new InvalidDataException(
                $"{Directory}: holds embeddings of another CLIP, {Info.ClipName}, fingerprint {Info.ClipFingerprint}; the CLIP "
                    + $"in {clip.Directory} has the fingerprint {clip.Fingerprint}."
            );
        }

        Check("the tokenizer", StoreInfoJson.Name(Info.Tokenizer), StoreInfoJson.Name(clip.Options.Tokenizer));
        Check("transparency", StoreInfoJson.Name(Info.Transparency), StoreInfoJson.Name(clip.Transparency));
        Check("pictures prepared by", Info.Preprocessing, clip.Preprocessor.Fingerprint);

        void Check(string what, string stored, string given)
        {
            if (stored != given)
            {
                throw new InvalidDataException(
                    $"{Directory}: was encoded with {what} {stored}; the CLIP in {clip.Directory} is opened with {given}."
                );
            }
        }
    }

    /// <summary>Refuses a store whose embeddings do not belong beside these.</summary>
    /// <param name="other">The other.</param>
    /// <exception cref="InvalidDataException">It is of another CLIP, or was written in another way; the message says in what.</exception>
    public void Check(TokenEmbeddingStore other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (StoreInfoJson.DifferenceOfKind(Info, other.Info) is { } difference)
            throw new InvalidDataException($"{Directory}: holds embeddings of {difference}, as {other.Directory} does.");
    }

    /// <summary>Which picture an image is of.</summary>
    /// <param name="image">Its number.</param>
    /// <exception cref="InvalidDataException">The index is damaged; the message names the line.</exception>
    public StoredImage Image(int image) => StoreLines.Image(Line(_imageIndex, image, Info.Images));

    /// <summary>The text of a caption.</summary>
    /// <param name="caption">Its number.</param>
    /// <exception cref="InvalidDataException">The index is damaged; the message names the line.</exception>
    public string Caption(int caption) => StoreLines.Caption(Line(_captionIndex, caption, Info.Captions));

    /// <summary>The words in which a caption was encoded; the caption itself, unless a head reads it otherwise.</summary>
    /// <param name="caption">Its number.</param>
    /// <exception cref="InvalidDataException">The index is damaged; the message names the line.</exception>
    public string EncodedCaption(int caption) => StoreLines.EncodedCaption(Line(_captionIndex, caption, Info.Captions));

    /// <summary>Whether a caption has more tokens than were encoded, and was cut.</summary>
    /// <param name="caption">Its number.</param>
    /// <exception cref="InvalidDataException">The index is damaged; the message names the line.</exception>
    public bool IsTruncated(int caption) => StoreLines.Truncated(Line(_captionIndex, caption, Info.Captions));

    /// <summary>Whether a caption has more tokens than CLIP's context, so that its pooled embedding is of a part.</summary>
    /// <param name="caption">Its number.</param>
    /// <exception cref="InvalidDataException">The index is damaged; the message names the line.</exception>
    public bool IsPooledTruncated(int caption) => StoreLines.PooledTruncated(Line(_captionIndex, caption, Info.Captions));

    /// <summary>The number of a caption; −1 if it is not in the store.</summary>
    /// <param name="caption">The text, as it is written.</param>
    public int FindCaption(string caption) => _captionNumbers.Value.GetValueOrDefault(caption, -1);

    /// <summary>Reads images.</summary>
    /// <param name="images">Their numbers.</param>
    /// <exception cref="InvalidDataException">A number is not finite; the message names row and byte.</exception>
    public ImageEncoding ReadImages(IReadOnlyList<int> images)
    {
        ImageEncoding encoding = NewImages(images.Count);
        ReadImages(images, encoding);
        return encoding;
    }

    /// <summary>Reads images into an encoding that is there already, and has the store's shapes.</summary>
    /// <param name="images">Their numbers, as many as the encoding has.</param>
    /// <param name="encoding">To be filled.</param>
    /// <exception cref="ArgumentException">The encoding has other shapes.</exception>
    /// <exception cref="InvalidDataException">A number is not finite; the message names row and byte.</exception>
    public void ReadImages(IReadOnlyList<int> images, ImageEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(encoding);
        if (
            encoding.Tokens.Count != images.Count
            || encoding.Tokens.Tokens != Info.ImageTokens
            || encoding.Tokens.Dimension != Info.Dimension
            || encoding.Pooled.Count != images.Count
            || encoding.Pooled.Tokens != 1
            || encoding.Pooled.Dimension != Info.Dimension
        )
        {
            throw new ArgumentException(
                $"The encoding is not of {images.Count} images of {Info.ImageTokens} tokens of {Info.Dimension}.",
                nameof(encoding)
            );
        }

        CheckRows(images, Info.Images);
        Read(_imageFile, StoreFiles.ImageTokens, images, encoding.Tokens.Buffer);
        // The class token is the image embedding.
        for (int i = 0; i < images.Count; i++)
            encoding.Tokens[i][..Info.Dimension].CopyTo(encoding.Pooled.Buffer.AsSpan(i * Info.Dimension));
    }

    /// <summary>Reads the pooled embeddings of images that follow each other.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count, 1, dimension]</returns>
    /// <exception cref="InvalidDataException">A number is not finite; the message names row and byte.</exception>
    public TokenEmbeddings ReadPooledImages(int first, int count)
    {
        CheckRange(first, count, Info.Images);
        return Pooled(_imageFile, StoreFiles.ImageTokens, [.. Enumerable.Range(first, count)]);
    }

    /// <summary>Reads captions.</summary>
    /// <param name="captions">Their numbers.</param>
    /// <exception cref="InvalidDataException">A number is not finite, or the index is damaged; the message names the place.</exception>
    public TextEncoding ReadCaptions(IReadOnlyList<int> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        CheckRows(captions, Info.Captions);
        var tokens = new TokenEmbeddings(
            new float[checked(captions.Count * Info.TextTokens * Info.Dimension)],
            captions.Count,
            Info.TextTokens,
            Info.Dimension
        );
        Read(_captionFile, StoreFiles.TextTokens, captions, tokens.Buffer);
        return new TextEncoding(
            tokens,
            ReadPooledCaptions(captions),
            [.. captions.Select(caption => StoreLines.Text(_captionIndex![caption], Info.TextTokens))]
        );
    }

    /// <summary>Reads the pooled embeddings of captions.</summary>
    /// <param name="captions">Their numbers.</param>
    /// <returns>[captions, 1, dimension]</returns>
    /// <exception cref="InvalidDataException">A number is not finite; the message names row and byte.</exception>
    public TokenEmbeddings ReadPooledCaptions(IReadOnlyList<int> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        CheckRows(captions, Info.Captions);
        return Pooled(_captionFile, StoreFiles.Pooled, captions);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _imageFile?.Dispose();
        _captionFile?.Dispose();
        _imageIndex?.Dispose();
        _captionIndex?.Dispose();
    }

    private SafetensorsFile OpenTensors(string name, IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors)
    {
        var file = SafetensorsFile.Open(PathOf(name));
        try
        {
            foreach ((string? tensor, IReadOnlyList<int>? shape, TensorType type) in tensors)
            {
                TensorInfo found = file.Get(tensor);
                if (found.Type != type || !found.Shape.SequenceEqual(shape))
                {
                    throw new InvalidDataException(
                        $"{file.Path}: tensor '{tensor}' is {found.Type.Name()} of shape [{string.Join(", ", found.Shape)}]; by "
                            + $"{EmbeddingStoreInfo.FileName} it should be {type.Name()} of [{string.Join(", ", shape)}]."
                    );
                }
                if (shape.Skip(1).Aggregate(1L, (product, size) => product * size) > Array.MaxLength)
                    throw new InvalidDataException($"{file.Path}: a row of tensor '{tensor}' is too large to be read.");
            }
            foreach ((string? key, string? value) in StoreTensors.Metadata(Info))
            {
                if (file.Metadata.GetValueOrDefault(key) != value)
                {
                    throw new InvalidDataException(
                        $"{file.Path}: is not of the {key} that {EmbeddingStoreInfo.FileName} tells of; the files of several "
                            + $"directories are mixed."
                    );
                }
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void CheckList(string name, bool isOfStore)
    {
        if (!isOfStore)
        {
            throw new InvalidDataException(
                $"{PathOf(name)}: is not the list that {EmbeddingStoreInfo.FileName} tells of; lines were changed or reordered, or are of "
                    + "another store."
            );
        }
    }

    private StoredPair[] ReadPairs()
    {
        if (Info.Pairs == 0)
            return [];
        using var lines = LineIndex.Open(PathOf(StoreFiles.Pairs), Info.Pairs);
        var pairs = new StoredPair[Info.Pairs];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = StoreLines.Pair(lines[i], Info.Images, Info.Captions);
        CheckList(StoreFiles.Pairs, StoreLines.Digest(pairs.Select(StoreLines.Plain)) == Info.PairList);
        return pairs;
    }

    private Dictionary<string, int> NumberCaptions()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < Info.Captions; i++)
            numbers.TryAdd(Caption(i), i);
        return numbers;
    }

    private static JsonField Line(LineIndex? index, int row, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, rows);
        return index![row];
    }

    private ImageEncoding NewImages(int count) =>
        new(
            new TokenEmbeddings(new float[checked(count * Info.ImageTokens * Info.Dimension)], count, Info.ImageTokens, Info.Dimension),
            new TokenEmbeddings(new float[count * Info.Dimension], count, 1, Info.Dimension)
        );

    private TokenEmbeddings Pooled(SafetensorsFile? file, string tensor, IReadOnlyList<int> rows)
    {
        var pooled = new TokenEmbeddings(new float[checked(rows.Count * Info.Dimension)], rows.Count, 1, Info.Dimension);
        Read(file, tensor, rows, pooled.Buffer, Info.Dimension);
        return pooled;
    }

    private static void CheckRange(int first, int count, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, rows - count, nameof(count));
    }

    private static void CheckRows(IReadOnlyList<int> numbers, int rows)
    {
        foreach (int number in numbers)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)rows, nameof(numbers));
    }

    /// <summary>Copies rows, or the beginning of each, as float32.</summary>
    private static void Read(SafetensorsFile? file, string tensor, IReadOnlyList<int> rows, Span<float> values, int length = 0)
    {
        if (rows.Count == 0)
            return;
        using UseCount.Use use = file!.Use();
        TensorInfo info = file.Get(tensor);
        int size = info.Type.Size();
        TensorInfo? scales = info.Type == TensorType.I8 ? file.Get(StoreTensors.ScalesOf(tensor)) : null;
        // Rows may lie beyond 2 GB: long arithmetic.
        long rowBytes = info.ByteLength / info.Shape[0];
        if (length == 0)
            length = (int)(rowBytes / size);
        for (int i = 0; i < rows.Count; i++)
        {
            long offset = rows[i] * rowBytes;
            byte* from = file.Pointer(info) + offset;
            Span<float> to = values.Slice(i * length, length);
            if (scales is not null)
            {
                int tokens = info.Shape[1];
                float* scale = (float*)file.Pointer(scales) + ((long)rows[i] * tokens);
                TokenBytes.Expand(new ReadOnlySpan<sbyte>(from, length), new ReadOnlySpan<float>(scale, length / info.Shape[2]), to);
            }
            else if (size == sizeof(float))
            {
                new ReadOnlySpan<byte>(from, length * size).CopyTo(MemoryMarshal.AsBytes(to));
            }
            else
            {
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(from, length), to);
            }

            // NaN wins over every number.
            if (float.IsFinite(TensorPrimitives.MaxMagnitude<float>(to)))
                continue;
            for (int at = 0; at < length; at++)
            {
                if (!float.IsFinite(to[at]))
                {
                    throw new InvalidDataException(
                        $"{file.Path}: tensor '{tensor}', row {rows[i]}, byte {info.Offset + offset + ((long)at * size)}: the "
                            + $"number is {to[at]}; the file is damaged."
                    );
                }
            }
        }
    }

    private string PathOf(string name) => Path.Combine(Directory, name);
}
