using System.Buffers;

namespace Dcsm.IO.Files;

/// <summary>Cuts a stream into lines without decoding it, so that positions are bytes and torn ends are seen.</summary>
public static class JsonLines
{
    /// <param name="Number">Counted from 1.</param>
    /// <param name="Start">The byte at which the line begins.</param>
    /// <param name="Bytes">Without the end of line.</param>
    /// <param name="Ended">Whether an end of line follows.</param>
    public sealed record Line(int Number, long Start, byte[] Bytes, bool Ended);

    public static IEnumerable<Line> Read(Stream stream)
    {
        byte[] buffer = new byte[1 << 16];
        var pending = new ArrayBufferWriter<byte>();
        long start = stream.Position;
        int number = 1;
        int count;
        while ((count = stream.Read(buffer)) > 0)
        {
            int from = 0;
            while (from < count)
            {
                int length = buffer.AsSpan(from, count - from).IndexOf((byte)'\n');
                pending.Write(buffer.AsSpan(from, length < 0 ? count - from : length));
                if (length < 0)
                    break;
                yield return new Line(number++, start, pending.WrittenSpan.ToArray(), true);
                start += pending.WrittenCount + 1;
                pending.ResetWrittenCount();
                from += length + 1;
            }
        }

        if (pending.WrittenCount > 0)
            yield return new Line(number, start, pending.WrittenSpan.ToArray(), false);
    }
}
