namespace Dcsm.IO.Files;

/// <summary>
/// A file of JSON lines, one for each row that is whole and on the disk; what a crash tore is cut off when it is opened again.
/// </summary>
public sealed class RowLog : IDisposable
{
    private readonly FileStream _file;

    private RowLog(FileStream file, int count) => (_file, Count) = (file, count);

    /// <summary>Lines in the file.</summary>
    public int Count { get; private set; }

    /// <summary>Opens a log, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Lines that there can be.</param>
    /// <param name="multiple">Lines count in groups of so many, but for the last ones.</param>
    /// <param name="check">Is given each line, and throws where it is not what it should be.</param>
    public static RowLog Open(string path, int most, int multiple, Action<int, ReadOnlySpan<byte>> check)
    {
        // Without a buffer, so that nothing is left in it when a write fails.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        try
        {
            // Ends of the whole lines; further ones than there can be are not of this run.
            var ends = new List<long>();
            foreach (TextLine line in TextLine.ReadAll(file))
            {
                if (!line.Ended)
                    break;
                if (ends.Count == most)
                {
                    throw new InvalidDataException(
                        $"{path}: has more lines than the {most} that there can be; delete the directory and encode again."
                    );
                }

                check(ends.Count, line.Bytes.Span);
                ends.Add(line.Next);
            }

            int count = ends.Count == most ? most : ends.Count / multiple * multiple;
            file.SetLength(count == 0 ? 0 : ends[count - 1]);
            file.Seek(0, SeekOrigin.End);
            return new RowLog(file, count);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds lines and puts them on the disk.</summary>
    public void Append(ReadOnlySpan<byte> lines, int count)
    {
        _file.Write(lines);
        _file.Flush(flushToDisk: true);
        Count += count;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
