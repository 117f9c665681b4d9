using System.Buffers;

namespace Dcsm.IO.Files;

/// <summary>A line of a file, not decoded, so that positions are bytes and a torn end is seen.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Start">The byte at which it begins.</param>
/// <param name="Bytes">Without the end of line.</param>
/// <param name="Ended">Whether an end of line follows.</param>
public sealed record TextLine(int Number, long Start, ReadOnlyMemory<byte> Bytes, bool Ended)
{
    /// <summary>Whether all is the same, number by number.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(TextLine? other) =>
        other is not null
        && (Number, Start, Ended) == (other.Number, other.Start, other.Ended)
        && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Number, Start, Bytes.Length);

    /// <summary>The byte after its end of line.</summary>
    public long Next => Start + Bytes.Length + (Ended ? 1 : 0);

    // Of a line, and so of what one torn file can take.
    private const int Most = 1 << 28;

    /// <summary>Cuts what is left of a stream into lines.</summary>
    /// <exception cref="InvalidDataException">A line has more than 256 MiB.</exception>
    public static IEnumerable<TextLine> ReadAll(Stream stream)
    {
        byte[] buffer = new byte[1 << 16];
        var pending = new ArrayBufferWriter<byte>();
        long start = stream.CanSeek ? stream.Position : 0;
        int number = 1;
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            int from = 0;
            while (from < count)
            {
                int length = buffer.AsSpan(from, count - from).IndexOf((byte)'\n');
                if (pending.WrittenCount > Most)
                    throw new InvalidDataException($"{(stream as FileStream)?.Name}, line {number}: is longer than {Most} bytes");
                pending.Write(buffer.AsSpan(from, length < 0 ? count - from : length));
                if (length < 0)
                    break;
                yield return new TextLine(number++, start, pending.WrittenSpan.ToArray(), true);
                start += pending.WrittenCount + 1;
                pending.ResetWrittenCount();
                from += length + 1;
            }
        }

        if (pending.WrittenCount > 0)
            yield return new TextLine(number, start, pending.WrittenSpan.ToArray(), false);
    }
}
