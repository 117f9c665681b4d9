using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Progress;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>
/// Joins stores to one, as if it had been written at once, to the byte. One store is open at a time, and rows are copied as they are
/// mapped, so that memory grows with neither.
/// </summary>
internal sealed class StoreJoiner(
    IReadOnlyList<string> parts,
    string directory,
    IProgress<WorkProgress>? progress,
    CancellationToken cancellationToken
)
{
    private const int BytesAtOnce = 16 << 20;

    private readonly List<EmbeddingStoreInfo> _infos = [];
    private long _done;

    /// <param name="pairs">By numbers of the joined store.</param>
    public EmbeddingStoreInfo Join(IEnumerable<StoredPair> pairs)
    {
        EmbeddingStoreInfo info = Describe();
        Directory.CreateDirectory(directory);
        string unfinished = PathOf(EmbeddingStoreInfo.FileName + StoreFiles.Partial);
        // Open to the end, so that no second process writes the same store.
        using (var description = new FileStream(unfinished, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            info = WritePairs(info, pairs);
            if (File.Exists(PathOf(EmbeddingStoreInfo.FileName)))
                return Check(info);
            description.SetLength(0);
            description.Write(StoreInfoJson.Write(info));
            description.Flush(flushToDisk: true);
            long all = (long)info.Captions + info.Images;
            if (info.Captions > 0)
                Write(StoreFiles.Captions, StoreFiles.CaptionIndex, StoreTensors.CaptionTensors(info), info, part => part.Captions, all);
            if (info.Images > 0)
                Write(StoreFiles.Images, StoreFiles.ImageIndex, StoreTensors.ImageTensors(info), info, part => part.Images, all);
            if (info.Pairs > 0)
                File.Move(PathOf(StoreFiles.Pairs + StoreFiles.Partial), PathOf(StoreFiles.Pairs), overwrite: true);
            info = StoreContent.Describe(info, directory, cancellationToken);
            description.SetLength(0);
            description.Write(StoreInfoJson.Write(info));
            description.Flush(flushToDisk: true);
        }

        File.Delete(PathOf(StoreFiles.Pairs + StoreFiles.Partial));
        File.Move(unfinished, PathOf(EmbeddingStoreInfo.FileName));
        return info;
    }

    private EmbeddingStoreInfo Check(EmbeddingStoreInfo info)
    {
        File.Delete(PathOf(StoreFiles.Pairs + StoreFiles.Partial));
        File.Delete(PathOf(EmbeddingStoreInfo.FileName + StoreFiles.Partial));
        using var there = TokenEmbeddingStore.Open(directory);
        return StoreInfoJson.Difference(there.Info, info) is { } difference
            ? throw new InvalidDataException($"{directory}: holds embeddings of {difference}; join into another directory.")
            : there.Info;
    }

    // Counts and lists of all parts; one is read at a time.
    private EmbeddingStoreInfo Describe()
    {
        using Sha256Digest images = new(),
            captions = new(),
            encoded = new();
        bool? inOtherWords = null;
        foreach (string part in parts)
        {
            using var store = TokenEmbeddingStore.Open(part);
            if (_infos.Count > 0 && StoreInfoJson.DifferenceOfKind(store.Info, _infos[0]) is { } difference)
                throw new InvalidDataException($"{part}: holds embeddings of {difference}, as {parts[0]} does.");
            _infos.Add(store.Info);
            for (int i = 0; i < store.Info.Images; i++)
                StoreLines.Append(images, store.Image(i).Name);
            if (store.Info.Captions == 0)
                continue;
            using Sha256Digest own = new();
            for (int i = 0; i < store.Info.Captions; i++)
            {
                StoreLines.Append(own, store.Caption(i));
                StoreLines.Append(captions, store.Caption(i));
            }

            bool other = own.Finish() != store.Info.CaptionList;
            if (inOtherWords is { } before && before != other)
                throw new InvalidDataException($"{part}: its captions were read by another head than those of the parts before.");
            inOtherWords = other;
        }

        if (inOtherWords == true)
            AppendEncoded(captions);
        return _infos[0] with
        {
            Images = checked(_infos.Sum(info => info.Images)),
            Captions = checked(_infos.Sum(info => info.Captions)),
            ImageList = images.Finish(),
            CaptionList = captions.Finish(),
            ImageContent = null,
            CaptionContent = null,
        };
    }

    private void AppendEncoded(Sha256Digest captions)
    {
        foreach (string part in parts)
        {
            using var store = TokenEmbeddingStore.Open(part);
            for (int i = 0; i < store.Info.Captions; i++)
                StoreLines.Append(captions, store.EncodedCaption(i));
        }
    }

    private EmbeddingStoreInfo WritePairs(EmbeddingStoreInfo info, IEnumerable<StoredPair> pairs)
    {
        using var digest = new Sha256Digest();
        int count = 0;
        using var stream = new FileStream(PathOf(StoreFiles.Pairs + StoreFiles.Partial), FileMode.Create, FileAccess.Write, FileShare.None);
        foreach (StoredPair[] some in pairs.Chunk(1 << 12))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (StoredPair pair in some)
            {
                if ((uint)pair.Image >= (uint)info.Images || (uint)pair.Caption >= (uint)info.Captions)
                {
                    throw new InvalidDataException(
                        $"row {pair.Row} is of image {pair.Image} and caption {pair.Caption}; the parts hold {info.Images} images and "
                            + $"{info.Captions} captions."
                    );
                }

                StoreLines.Append(digest, StoreLines.Plain(pair));
            }

            stream.Write(StoreLines.Join(some, StoreLines.Write).Span);
            count += some.Length;
        }

        stream.Flush(flushToDisk: true);
        return info with { Pairs = count, PairList = digest.Finish() };
    }

    private void Write(
        string name,
        string index,
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors,
        EmbeddingStoreInfo info,
        Func<EmbeddingStoreInfo, int> rowsOf,
        long all
    )
    {
        using (var lines = new FileStream(PathOf(index + StoreFiles.Partial), FileMode.Create, FileAccess.Write, FileShare.None))
        using (var rows = TensorRows.Open(PathOf(name + StoreFiles.Partial), tensors, StoreTensors.Metadata(info), goesOn: false))
        {
            long first = 0;
            for (int part = 0; part < parts.Count; part++)
            {
                int count = rowsOf(_infos[part]);
                if (count == 0)
                    continue;
                using (FileStream from = RegularFile.OpenRead(Path.Combine(parts[part], index)))
                    from.CopyTo(lines);
                using (var from = SafetensorsFile.Open(Path.Combine(parts[part], name)))
                    Copy(from, tensors, rows, first, count, cancellationToken);
                first += count;
                _done += count;
                progress?.Report(new WorkProgress(_done, all));
            }

            rows.Flush();
            lines.Flush(flushToDisk: true);
        }

        File.Move(PathOf(name + StoreFiles.Partial), PathOf(name), overwrite: true);
        File.Move(PathOf(index + StoreFiles.Partial), PathOf(index), overwrite: true);
    }

    /// <summary>Copies the first rows of a file to where they go in another.</summary>
    internal static unsafe void Copy(
        SafetensorsFile from,
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors,
        TensorRows to,
        long first,
        int count,
        CancellationToken cancellationToken
    )
    {
        using UseCount.Use use = from.Use();
        for (int tensor = 0; tensor < tensors.Count; tensor++)
        {
            TensorInfo info = from.Get(tensors[tensor].Name);
            long rowBytes = info.ByteLength / info.Shape[0];
            int rowsAtOnce = (int)Math.Clamp(BytesAtOnce / rowBytes, 1, count);
            for (int row = 0; row < count; row += rowsAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int some = Math.Min(rowsAtOnce, count - row);
                to.WriteBytes(tensor, first + row, new ReadOnlySpan<byte>(from.Pointer(info) + (row * rowBytes), (int)(some * rowBytes)));
            }
        }
    }

    private string PathOf(string name) => Path.Combine(directory, name);
}
