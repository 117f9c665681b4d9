using System.Reflection;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Batches;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>
/// Writes a store so that it may be killed at any moment: rows go into a file of the full length, and once they are on the disk, their
/// lines into the index, which says what is done. Files have their names only when they are complete, the description last.
/// </summary>
internal sealed class StoreWriter(
    ClipModel clip,
    EmbeddingStoreInput input,
    string directory,
    EmbeddingStoreOptions options,
    IProgress<WorkProgress>? progress,
    CancellationToken cancellationToken
)
{
    private const int LeastBatch = 64;

    // What CLIP encodes at once stays together whatever is interrupted, so that not even the last bit can depend on it.
    private readonly int _batchSize = (LeastBatch + clip.Options.BatchSize - 1) / clip.Options.BatchSize * clip.Options.BatchSize;
    private readonly ReadableImages _readable = new(clip, input.Images, options.Failed);
    private readonly int _items = input.Captions.Count + input.Images.Count;
    private (int Captions, int Images) _done;

    /// <returns>False if the store was complete already.</returns>
    public bool Write()
    {
        EmbeddingStoreInfo info = Describe(input);
        if (File.Exists(PathOf(EmbeddingStoreInfo.FileName)))
        {
            CheckComplete(info);
            File.Delete(PathOf(EmbeddingStoreInfo.FileName + StoreFiles.Partial));
            return false;
        }

        Directory.CreateDirectory(directory);
        try
        {
            string unfinished = PathOf(EmbeddingStoreInfo.FileName + StoreFiles.Partial);
            bool isEmpty;
            // Open to the end, so that no second process writes the same store.
            using (var description = new FileStream(unfinished, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                GoOn(description, unfinished, info);
                // The pictures first: files of captions tell of those that can be read, too.
                WriteRows(
                    StoreFiles.Images,
                    StoreFiles.ImageIndex,
                    info.Images,
                    StoreTensors.ImageTensors(info),
                    info,
                    CheckImage,
                    EncodeImages
                );
                input = _readable.Of(input);
                info = Describe(input);
                WriteRows(
                    StoreFiles.Captions,
                    StoreFiles.CaptionIndex,
                    info.Captions,
                    StoreTensors.CaptionTensors(info),
                    info,
                    CheckCaption,
                    EncodeCaptions
                );
                isEmpty = info.Images + info.Captions == 0;
                if (info.Pairs > 0)
                    WritePairs();
                if (!isEmpty)
                {
                    // The unfinished one stays of the whole list to the end, by which a later run knows it.
                    byte[] whole = StoreInfoJson.Write(StoreContent.Describe(info, directory, cancellationToken));
                    AtomicFile.Write(PathOf(EmbeddingStoreInfo.FileName), stream => stream.Write(whole));
                }
            }

            File.Delete(unfinished);
            return isEmpty ? throw new InvalidDataException($"no picture is left, such as {_readable.Error}") : true;
        }
        catch (Exception e)
            when (e is IOException and not FileNotFoundException and not DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{e.Message} — {_done.Captions} captions and {_done.Images} pictures in {directory} are kept: once this is "
                    + $"mended, the same command goes on from there",
                e
            );
        }
    }

    private EmbeddingStoreInfo Describe(EmbeddingStoreInput input) =>
        new()
        {
            ClipName = Path.GetFileName(Path.TrimEndingDirectorySeparator(clip.Directory)),
            ClipFingerprint = clip.Fingerprint,
            Precision = clip.Precision,
            Preprocessing = clip.Preprocessor.Fingerprint,
            Transparency = clip.Transparency,
            Orientation = clip.Pictures.Orientation,
            Tokenizer = clip.Options.Tokenizer,
            Type = options.Type,
            ImageTokens = clip.ImageTokens,
            TextTokens = options.TextTokens,
            Dimension = clip.Dimension,
            Images = input.Images.Count,
            Captions = input.Captions.Count,
            Pairs = input.Pairs.Count,
            Version =
                typeof(StoreWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
                ?? "unknown",
            ImageList = StoreLines.Digest(input.Images.Select(image => image.Name)),
            CaptionList = StoreLines.Digest([.. input.Captions, .. input.EncodedCaptions ?? []]),
            PairList = StoreLines.Digest(input.Pairs.Select(StoreLines.Plain)),
        };

    private void CheckComplete(EmbeddingStoreInfo info)
    {
        using var store = TokenEmbeddingStore.Open(directory);
        if (
            options.Failed is not null
            && store.Info.Images < info.Images
            && Enumerable.Range(0, store.Info.Images).All(i => _readable.TryFollow(store.Image(i).Name))
            && _readable.TryEnd()
        )
        {
            input = _readable.Of(input);
            info = Describe(input);
        }

        if (StoreInfoJson.Difference(store.Info, info) is { } difference)
            throw new InvalidDataException($"{directory}: holds embeddings of {difference}; encode into another directory.");
        for (int i = 0; i < info.Images; i++)
            CheckUnchanged(store.Image(i), input.Images[i]);
    }

    // A new description, or the one of the run that is gone on with.
    private void GoOn(FileStream file, string path, EmbeddingStoreInfo info)
    {
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        // A description that was torn stands for nothing: all else comes after it.
        if (content.AsSpan().EndsWith("}\n"u8))
        {
            EmbeddingStoreInfo there = StoreInfoJson.Parse(content, path);
            if (StoreInfoJson.Difference(there, info) is { } difference)
            {
                throw new InvalidDataException(
                    $"{directory}: holds an unfinished run of {difference}; encode into another directory, or delete this one."
                );
            }

            return;
        }
        Describe(file, info);
    }

    private static void Describe(FileStream file, EmbeddingStoreInfo info)
    {
        file.SetLength(0);
        file.Write(StoreInfoJson.Write(info));
        file.Flush(flushToDisk: true);
    }

    private void WriteRows(
        string name,
        string index,
        int count,
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors,
        EmbeddingStoreInfo info,
        Action<int, ReadOnlySpan<byte>> check,
        Func<TensorRows, int, int, (ReadOnlyMemory<byte> Lines, int Count)> encode
    )
    {
        bool isImages = name == StoreFiles.Images;
        if (count == 0 || File.Exists(PathOf(index)))
        {
            if (isImages && count > 0)
                Follow(PathOf(index));
            Done(isImages, count);
            return;
        }
        (string? rowsPath, string? logPath) = (PathOf(name + StoreFiles.Partial), PathOf(index + StoreFiles.Partial));
        bool isThere = File.Exists(PathOf(name));
        if (isThere)
            count = RowsIn(PathOf(name), tensors[0].Name);
        using (var log = RowLog.Open(logPath, count, _batchSize, check))
        {
            if (isImages)
                _readable.Cut(log.Count);
            Done(isImages, log.Count);
            if (!isThere)
            {
                using (var rows = TensorRows.Open(rowsPath, tensors, StoreTensors.Metadata(info), log.Count > 0))
                    Encode(rows, log, isImages, count, encode);
                if (log.Count == count)
                    File.Move(rowsPath, PathOf(name));
                else
                    Shrink(rowsPath);
            }
            else if (log.Count < count)
            {
                throw new InvalidDataException(
                    $"{logPath}: has {log.Count} lines, but {name} is of {count} rows; delete the directory and encode again."
                );
            }
        }

        File.Delete(rowsPath);
        if (File.Exists(PathOf(name)))
            File.Move(logPath, PathOf(index));
        else
            File.Delete(logPath);
        if (isImages && isThere)
            FollowRest();
    }

    private static int RowsIn(string path, string tensor)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Get(tensor).Shape[0];
    }

    // The rows of pictures that can be read, as a file of as many as there are.
    private void Shrink(string rowsPath)
    {
        if (_readable.Count == 0)
            return;
        EmbeddingStoreInfo info = Describe(_readable.Of(input));
        string shrunk = PathOf("readable-" + StoreFiles.Images + StoreFiles.Partial);
        using (var from = SafetensorsFile.Open(rowsPath))
        using (var to = TensorRows.Open(shrunk, StoreTensors.ImageTensors(info), StoreTensors.Metadata(info), goesOn: false))
        {
            StoreJoiner.Copy(from, StoreTensors.ImageTensors(info), to, 0, info.Images, cancellationToken);
            to.Flush();
        }

        File.Move(shrunk, PathOf(StoreFiles.Images));
    }

    private void Follow(string index)
    {
        foreach (JsonField line in JsonLines.Read(index))
            Follow(StoreLines.Image(line));
        FollowRest();
    }

    private void Follow(StoredImage image)
    {
        if (!_readable.TryFollow(image.Name))
            throw Changed(image.Name);
    }

    private void FollowRest()
    {
        if (!_readable.TryEnd())
            throw Changed("a picture that could not be read");
    }

    private InvalidDataException Changed(string what) =>
        new($"{what}: has changed since it was encoded into {directory}; encode into another directory, or delete this one.");

    private void Encode(
        TensorRows rows,
        RowLog log,
        bool isImages,
        int count,
        Func<TensorRows, int, int, (ReadOnlyMemory<byte> Lines, int Count)> encode
    )
    {
        var lines = new MemoryStream();
        (long saved, int unsaved) = (Environment.TickCount64, 0);
        try
        {
            for (int first = log.Count; first < count; )
            {
                cancellationToken.ThrowIfCancellationRequested();
                (ReadOnlyMemory<byte> added, int length) = encode(rows, first, Math.Min(_batchSize, count - first));
                if (length == 0)
                    break;
                lines.Write(added.Span);
                unsaved += length;
                first += length;
                if (Environment.TickCount64 - saved >= options.SaveEvery.TotalMilliseconds)
                    Save();
                Report(isImages ? _done with { Images = first } : _done with { Captions = first });
            }
        }
        finally
        {
            // Interrupted, or at a picture that can't be read: what was encoded before is kept.
            Save();
        }

        void Save()
        {
            if (unsaved == 0)
                return;
            int added = unsaved;
            // Whatever goes wrong from here on, no line is written twice.
            unsaved = 0;
            rows.Flush();
            log.Append(lines.GetBuffer().AsSpan(0, (int)lines.Length), added);
            lines.SetLength(0);
            saved = Environment.TickCount64;
            Done(isImages, log.Count);
        }
    }

    private (ReadOnlyMemory<byte> Lines, int Count) EncodeCaptions(TensorRows rows, int first, int count)
    {
        IReadOnlyList<string> captions = input.EncodedCaptions ?? input.Captions;
        TextEncoding texts = clip.EncodeTexts(
            [.. Enumerable.Range(first, count).Select(i => captions[i])],
            options.TextTokens,
            cancellationToken
        );
        // CLIP's own embedding is that of the caption as it is written, whatever a head reads.
        TokenEmbeddings pooled = input.EncodedCaptions is null
            ? texts.Pooled
            : clip.EncodeTexts(
                [.. Enumerable.Range(first, count).Select(i => input.Captions[i])],
                options.TextTokens,
                cancellationToken
            ).Pooled;
        rows.Write(0, first, pooled.Values);
        StoreTensors.Write(rows, 1, first, texts.Tokens, options.Type);
        if (options.Warn is { } warn)
        {
            foreach (TokenizedText? text in texts.Texts.Where(text => text.Truncated))
            {
                warn(
                    $"a caption is longer than {options.TextTokens} tokens (start and end included), and is cut after "
                        + $"'{Excerpt.Of(text.ReadText, 200)}'"
                );
            }
        }
        ReadOnlyMemory<byte> lines = StoreLines.Join(
            texts.Texts.Select((text, i) => (text, input.Captions[first + i], clip.IsTruncated(input.Captions[first + i]))),
            StoreLines.Write
        );
        return (lines, count);
    }

    private (ReadOnlyMemory<byte> Lines, int Count) EncodeImages(TensorRows rows, int first, int most)
    {
        ImageEncoding images = _readable.Encode(most, cancellationToken);
        var files = new StoredImage[_readable.Count - first];
        ParallelItems.ForEach(files.Length, clip.Options.Threads, i => files[i] = Look(_readable[first + i]), cancellationToken);
        StoreTensors.Write(rows, 0, first, images.Tokens, options.Type);
        return (StoreLines.Join(files, StoreLines.Write), files.Length);
    }

    private void WritePairs()
    {
        string partial = PathOf(StoreFiles.Pairs + StoreFiles.Partial);
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (StoredPair[] pairs in input.Pairs.Chunk(1 << 12))
                stream.Write(StoreLines.Join(pairs, StoreLines.Write).Span);
            stream.Flush(flushToDisk: true);
        }
        File.Move(partial, PathOf(StoreFiles.Pairs), overwrite: true);
    }

    private void CheckCaption(int caption, ReadOnlySpan<byte> line)
    {
        string index = PathOf(StoreFiles.CaptionIndex + StoreFiles.Partial);
        JsonField stored = JsonLines.Parse(line, index, caption + 1);
        if (
            StoreLines.Caption(stored) != input.Captions[caption]
            || StoreLines.EncodedCaption(stored) != (input.EncodedCaptions ?? input.Captions)[caption]
        )
        {
            throw new InvalidDataException(
                $"{index}, line {caption + 1}: is not of caption {caption + 1}; delete the directory and encode again."
            );
        }
    }

    private void CheckImage(int image, ReadOnlySpan<byte> line)
    {
        string index = PathOf(StoreFiles.ImageIndex + StoreFiles.Partial);
        StoredImage stored = StoreLines.Image(JsonLines.Parse(line, index, image + 1));
        Follow(stored);
        CheckUnchanged(stored, _readable[image]);
    }

    private void CheckUnchanged(StoredImage stored, ImageToEncode image)
    {
        StoredImage file = Look(image, hash: false);
        // Times change when files are copied; only then is the content looked at.
        if (
            stored.Name != file.Name
            || stored.FileLength != file.FileLength
            || (stored.Modified != file.Modified && Look(image).Sha256 != stored.Sha256)
        )
        {
            throw Changed(image.Path);
        }
    }

    private static StoredImage Look(ImageToEncode image, bool hash = true)
    {
        if (!ContainedFile.Exists(image.Path))
            throw new FileNotFoundException($"{image.Path}: there is no such file.", image.Path);
        // Of the open file: what is known of a path may be of a link.
        using Stream stream = ContainedFile.OpenRead(image.Path);
        return new StoredImage(
            image.Name,
            hash ? Sha256Digest.Hex(stream) : "",
            stream.Length,
            stream is FileStream file
                ? File.GetLastWriteTimeUtc(file.SafeFileHandle)
                : File.GetLastWriteTimeUtc(ContainedFile.Holder(image.Path))
        );
    }

    private void Done(bool images, int count)
    {
        _done = images ? _done with { Images = count } : _done with { Captions = count };
        Report(_done);
    }

    private void Report((int Captions, int Images) done) =>
        progress?.Report(new WorkProgress(done.Captions + done.Images + _readable.LeftOut, _items));

    private string PathOf(string name) => Path.Combine(directory, name);
}
