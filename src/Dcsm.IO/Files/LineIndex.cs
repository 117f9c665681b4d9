using Dcsm.IO.Json;

namespace Dcsm.IO.Files;

/// <summary>A file of JSON lines, mapped, of which any line can be read.</summary>
public sealed class LineIndex : IDisposable
{
    private readonly MappedFile _file;
    private readonly long[] _ends;

    private LineIndex(MappedFile file, long[] ends) => (_file, _ends) = (file, ends);

    /// <summary>Opens a file that must have so many lines.</summary>
    public static LineIndex Open(string path, int count)
    {
        var file = MappedFile.Open(path);
        try
        {
            if (count > file.Length)
                throw new InvalidDataException($"{path}: has {file.Length} bytes, too few for {count} lines.");
            long[] ends = new long[count];
            int lines = 0;
            for (long at = 0L; at < file.Length; lines++)
            {
                long end = Find(file, at);
                if (end < 0)
                    throw new InvalidDataException($"{path}, line {lines + 1}: ends in the middle; the file is truncated.");
                if (lines == count)
                    throw new InvalidDataException($"{path}: has more lines than the {count} rows that it is of.");
                ends[lines] = end;
                at = end + 1;
            }
            return lines == count
                ? new LineIndex(file, ends)
                : throw new InvalidDataException($"{path}: has {lines} lines, but is of {count} rows.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A line; wrong content is told with its number, from 1.</summary>
    public JsonField this[int line]
    {
        get
        {
            using UseCount.Use use = _file.Use();
            long start = line == 0 ? 0 : _ends[line - 1] + 1;
            long length = _ends[line] - start;
            return length <= 1 << 24
                ? JsonLines.Parse(_file.Span(start, (int)length), _file.Path, line + 1)
                : throw new InvalidDataException($"{_file.Path}, line {line + 1}: has {length} bytes, which is too many.");
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    // Where the next line ends; -1 if it does not.
    private static long Find(MappedFile file, long from)
    {
        while (from < file.Length)
        {
            int length = (int)Math.Min(1 << 20, file.Length - from);
            int at = file.Span(from, length).IndexOf((byte)'\n');
            if (at >= 0)
                return from + at;
            from += length;
        }
        return -1;
    }
}
