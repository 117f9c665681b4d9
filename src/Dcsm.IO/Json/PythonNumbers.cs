namespace Dcsm.IO.Json;

/// <summary>The numbers that Python writes into JSON and the standard does not have.</summary>
internal static class PythonNumbers
{
    private static readonly byte[][] Words = ["NaN"u8.ToArray(), "-Infinity"u8.ToArray(), "Infinity"u8.ToArray()];

    /// <summary>A document with quotation marks around each.</summary>
    public static byte[] AsTexts(byte[] json)
    {
        if (!Array.Exists(Words, word => json.AsSpan().IndexOf(word) >= 0))
            return json;
        var written = new MemoryStream(json.Length + 64);
        bool quoted = false;
        for (int i = 0; i < json.Length; i++)
        {
            ReadOnlySpan<byte> rest = json.AsSpan(i);
            int length = 1;
            if (quoted && rest is [(byte)'\\', _, ..])
            {
                length = 2;
            }
            else if (rest[0] == (byte)'"')
            {
                quoted = !quoted;
            }
            else if (!quoted && Array.Find(Words, word => json.AsSpan(i).StartsWith(word)) is { } found)
            {
                written.WriteByte((byte)'"');
                written.Write(found);
                written.WriteByte((byte)'"');
                i += found.Length - 1;
                continue;
            }

            written.Write(rest[..length]);
            i += length - 1;
        }

        return written.ToArray();
    }
}
