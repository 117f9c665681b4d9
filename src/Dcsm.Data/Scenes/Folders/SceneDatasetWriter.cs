using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>
/// Writes scenes to a folder: pictures under <c>images/</c>, one line for each sample in <c>scenes.jsonl</c>, and the settings in
/// <c>dataset.json</c>.
/// </summary>
/// <remarks>
/// A run that was canceled or killed goes on when it is started again with the same settings. Until all is done the
/// lines stand in <c>scenes.jsonl.partial</c>; pictures are whole before their line is written.
/// </remarks>
public static class SceneDatasetWriter
{
    /// <summary>The name of the list of samples.</summary>
    public const string ListName = "scenes.jsonl";

    /// <summary>The name of the file of settings.</summary>
    public const string SettingsName = "dataset.json";

    internal const string PartialSuffix = ".partial";
    private const string ImageFolder = "images";
    private const int ChunkSize = 64;

    /// <summary>Writes a data set, or what is missing of it.</summary>
    /// <param name="directory">The folder; made where there is none.</param>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them go into which part.</param>
    /// <param name="options">What to write.</param>
    /// <param name="progress">Told after each few samples.</param>
    /// <param name="cancellationToken">Ends the run; what is written stays, and a later run goes on from there.</param>
    /// <exception cref="InvalidDataException">The folder holds a data set of other settings, or a changed one.</exception>
    /// <exception cref="OperationCanceledException">The run was canceled.</exception>
    /// <exception cref="IOException">Another run is writing to the folder, or the disk is full.</exception>
    public static void Write(
        string directory,
        ObjectLibrary library,
        SceneSplit split,
        SceneDatasetOptions options,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(split);
        Check(options);
        cancellationToken.ThrowIfCancellationRequested();

        var run = new Run(directory, library, new SceneSampler(library, split), options);
        Directory.CreateDirectory(Path.Combine(directory, ImageFolder));
        string listPath = Path.Combine(directory, ListName);
        string partialPath = listPath + PartialSuffix;
        using (var partial = new FileStream(partialPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            try
            {
                CheckSettings(directory, split, library, options);
            }
            catch when (partial.Length == 0)
            {
                // Opened only to keep other runs out.
                File.Delete(partialPath);
                throw;
            }

            AtomicFile.RemoveAllTorn(Path.Combine(directory, ImageFolder));
            if (File.Exists(listPath))
            {
                using FileStream list = File.OpenRead(listPath);
                if (run.Verify(list, listPath, cancellationToken).Count < run.Total)
                {
                    throw new InvalidDataException(
                        $"{listPath}: lines are missing at the end, though the file was complete once. Delete it to write the "
                            + $"data set anew."
                    );
                }

                progress?.Report(new WorkProgress(run.Total, run.Total));
            }
            else
            {
                (int count, long length) = run.Verify(partial, partialPath, cancellationToken);
                partial.SetLength(length);
                partial.Position = length;
                run.Append(partial, count, run.Total, progress, cancellationToken);
                partial.Flush(flushToDisk: true);
            }
        }

        if (File.Exists(listPath))
            File.Delete(partialPath);
        else
            File.Move(partialPath, listPath);
    }

    /// <summary>
    /// Draws some of a data set's samples, beside others that draw the rest: pictures go into the folder, lines into a file of their own,
    /// to be put together as <c>scenes.jsonl.partial</c>, from which <see cref="Write"/> goes on.
    /// </summary>
    /// <param name="directory">The folder; made where there is none.</param>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them go into which part.</param>
    /// <param name="options">The whole data set.</param>
    /// <param name="first">The first sample, by its line.</param>
    /// <param name="count">How many.</param>
    /// <param name="list">The file of their lines.</param>
    /// <param name="progress">Told after each few samples.</param>
    /// <param name="cancellationToken">Ends the run; nothing is at the list's place then.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such samples.</exception>
    /// <exception cref="InvalidDataException">The folder holds a data set of other settings.</exception>
    public static void WritePart(
        string directory,
        ObjectLibrary library,
        SceneSplit split,
        SceneDatasetOptions options,
        int first,
        int count,
        string list,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(split);
        Check(options);
        var run = new Run(directory, library, new SceneSampler(library, split), options);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, run.Total - count);
        Directory.CreateDirectory(Path.Combine(directory, ImageFolder));
        CheckSettings(directory, split, library, options);
        AtomicFile.Write(list, lines => run.Append(lines, first, first + count, progress, cancellationToken));
    }

    private static void Check(SceneDatasetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.SamplesPerKind, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.FirstIndex, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        if (options.Kinds.Count == 0 || options.Kinds.Distinct().Count() != options.Kinds.Count || !options.Kinds.All(Enum.IsDefined))
            throw new ArgumentException("At least one kind is needed, and none twice.", nameof(options));
        if (options.Parts.Count == 0 || options.Parts.Distinct().Count() != options.Parts.Count || !options.Parts.All(Enum.IsDefined))
            throw new ArgumentException("At least one part is needed, and none twice.", nameof(options));
        if ((long)options.SamplesPerKind * options.Kinds.Count * options.Parts.Count > int.MaxValue)
            throw new ArgumentException("So many samples do not go into one data set.", nameof(options));
        if (options.JpegQuality is < 1 or > 100)
            throw new ArgumentOutOfRangeException(nameof(options), options.JpegQuality, "JPEG quality is 1 … 100.");
    }

    private static void CheckSettings(string directory, SceneSplit split, ObjectLibrary library, SceneDatasetOptions options)
    {
        string path = Path.Combine(directory, SettingsName);
        byte[] settings = Describe(split, library, options);
        if (!File.Exists(path))
        {
            if (File.Exists(Path.Combine(directory, ListName)))
            {
                throw new InvalidDataException(
                    $"{path}: missing beside {ListName}, so it cannot be told whether the data set is the one asked for. Choose "
                        + $"an empty folder."
                );
            }

            AtomicFile.Write(path, settings);
            return;
        }

        byte[] found = File.ReadAllBytes(path);
        if (found.AsSpan().SequenceEqual(settings))
            return;
        throw new InvalidDataException(
            $"{path}: the folder holds a data set of other settings ({FirstDifference(path, found, settings)}). Choose another "
                + $"folder, or the same settings."
        );
    }

    private static string FirstDifference(string path, byte[] found, byte[] asked)
    {
        var there = JsonField.Parse(found, path);
        foreach (JsonField field in JsonField.Parse(asked, path).Fields())
        {
            JsonField? value = there.Optional(field.Name);
            if (value is { } known && JsonElement.DeepEquals(known.Element, field.Element))
                continue;
            return field.Kind == JsonValueKind.Array
                ? $"'{field.Name}' differs"
                : $"'{field.Name}' is {value?.Found ?? "not there"}, asked was {field.Found}";
        }

        return "it has other fields";
    }

    private static byte[] Describe(SceneSplit split, ObjectLibrary library, SceneDatasetOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            WriteTexts(json, "kinds", options.Kinds.Select(SceneNames.Of));
            WriteTexts(json, "parts", options.Parts.Select(SceneNames.Of));
            json.WriteNumber("samples_per_kind", options.SamplesPerKind);
            json.WriteNumber("seed", options.Seed);
            json.WriteNumber("first_index", options.FirstIndex);
            json.WriteNumber("image_size", options.ImageSize);
            json.WriteString("format", options.Format == PictureFormat.Png ? "png" : "jpeg");
            if (options.Format == PictureFormat.Jpeg)
                json.WriteNumber("jpeg_quality", options.JpegQuality);
            json.WriteNumber("split_seed", split.Seed);
            json.WriteNumber("unseen_pair_share", split.UnseenPairShare);
            json.WriteNumber("objects", library.Objects.Count);
            WriteTexts(json, "seen_objects", split.SeenObjects);
            WriteTexts(json, "unseen_objects", split.UnseenObjects);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string field, IEnumerable<string> texts)
    {
        json.WriteStartArray(field);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>The samples of one data set, numbered in the order of its lines.</summary>
    private sealed class Run(string directory, ObjectLibrary library, SceneSampler sampler, SceneDatasetOptions options)
    {
        private readonly SceneRenderer _renderer = new(library, options.ImageSize);

        public int Total { get; } = options.SamplesPerKind * options.Kinds.Count * options.Parts.Count;

        /// <summary>Compares lines with what they should be, draws pictures that have gone, and stops before a torn end.</summary>
        /// <returns>How many samples are there, and how many bytes they take.</returns>
        public (int Count, long Length) Verify(Stream lines, string path, CancellationToken cancellationToken)
        {
            int count = 0;
            long length = 0L;
            foreach (TextLine line in TextLine.ReadAll(lines))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!line.Ended)
                    break;
                if (count == Total)
                    throw new InvalidDataException($"{path}, line {line.Number}: the data set should end after {Total} lines.");
                (SceneSample? sample, SceneRecord? record) = Draw(count);
                if (!line.Bytes.Span.SequenceEqual(SceneJson.Write(record)))
                {
                    throw new InvalidDataException(
                        $"{path}, line {line.Number}: not the line that these settings and objects give. Delete the folder to "
                            + $"write the data set anew."
                    );
                }

                if (!File.Exists(Path.Combine(directory, record.ImageFile)) || !File.Exists(Path.Combine(directory, record.OppositeFile)))
                    Save(sample, record);
                count++;
                length = line.Next;
            }

            return (count, length);
        }

        public void Append(Stream lines, int from, int to, IProgress<WorkProgress>? progress, CancellationToken cancellationToken)
        {
            progress?.Report(new WorkProgress(from, to));
            var parallel = new ParallelOptions
            {
                CancellationToken = cancellationToken,
                MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            };
            byte[][] chunk = new byte[ChunkSize][];
            while (from < to)
            {
                int count = Math.Min(ChunkSize, to - from);
                int first = from;
                try
                {
                    Parallel.For(
                        0,
                        count,
                        parallel,
                        i =>
                        {
                            (SceneSample? sample, SceneRecord? record) = Draw(first + i);
                            Save(sample, record);
                            chunk[i] = SceneJson.Write(record);
                        }
                    );
                }
                catch (AggregateException e)
                {
                    System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
                }

                for (int i = 0; i < count; i++)
                {
                    lines.Write(chunk[i]);
                    lines.WriteByte((byte)'\n');
                }

                lines.Flush();
                from += count;
                progress?.Report(new WorkProgress(from, to));
            }
        }

        private (SceneSample Sample, SceneRecord Record) Draw(int number)
        {
            SceneKind kind = options.Kinds[number % options.Kinds.Count];
            int rest = number / options.Kinds.Count;
            long index = options.FirstIndex + (rest % options.SamplesPerKind);
            SplitPart part = options.Parts[rest / options.SamplesPerKind];
            SceneSample sample = sampler.Sample(kind, part, options.Seed, index);
            string name = string.Create(
                CultureInfo.InvariantCulture,
                $"{ImageFolder}/{SceneNames.Of(part)}-{SceneNames.Of(kind)}-{index:D6}"
            );
            string extension = options.Format == PictureFormat.Png ? ".png" : ".jpg";
            return (
                sample,
                SceneRecord.Of(
                    sample,
                    part,
                    options.Seed,
                    index,
                    library,
                    options.ImageSize,
                    name + extension,
                    name + "-opposite" + extension
                )
            );
        }

        private void Save(SceneSample sample, SceneRecord record)
        {
            Save(sample.Image, record.ImageFile);
            Save(sample.Opposite, record.OppositeFile);
        }

        private void Save(Scene scene, string file)
        {
            byte[] rgb = ArrayPool<byte>.Shared.Rent(_renderer.ByteCount);
            try
            {
                Span<byte> pixels = rgb.AsSpan(0, _renderer.ByteCount);
                _renderer.Render(scene, pixels);
                string path = Path.Combine(directory, file);
                if (options.Format == PictureFormat.Png)
                    PictureFile.WritePng(path, pixels, options.ImageSize, options.ImageSize, compression: 1);
                else
                    PictureFile.WriteJpeg(path, pixels, options.ImageSize, options.ImageSize, options.JpegQuality);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rgb);
            }
        }
    }
}
