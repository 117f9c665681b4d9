using System.Buffers.Binary;
using System.Text;

namespace Dcsm.Fuzz;

/// <summary>What disks, networks and people who mean harm do to a file.</summary>
public static class Damage
{
    private static readonly long[] Numbers = [-1, 0, 1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 40];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "9223372036854775808",
            "-1",
            "1e999",
            "NaN",
            "null",
            "\"\\ud800\"",
            "{}",
            "[]",
            "\u202E\u001b]0;x\u0007",
            "../../../etc/passwd",
            "/dev/zero",
            "=1+1",
            "\"",
            ",",
            "\n",
            "\0",
            new string('9', 400),
            new string('[', 300),
            new string('x', 20_000),
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE],
        [0xC0, 0x80],
        [0x80],
    ];

    /// <summary>A damaged copy.</summary>
    public static byte[] Of(byte[] good, Random random)
    {
        byte[] bytes = [.. good];
        for (int times = random.Next(1, 4); times > 0 && bytes.Length > 0; times--)
            bytes = Once(bytes, good, random);
        return bytes;
    }

    private static byte[] Once(byte[] bytes, byte[] good, Random random)
    {
        // Where lengths and kinds are told: most often near the beginning.
        int at = random.Next(random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 2000));
        int length = random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        switch (random.Next(8))
        {
            case 0:
                return bytes[..at];
            case 1:
                for (int i = random.Next(1, 8); i > 0; i--)
                    bytes[Math.Min(bytes.Length - 1, at + random.Next(length))] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                byte[] number = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, Numbers[random.Next(Numbers.Length)]);
                if (random.Next(3) == 0)
                    number.AsSpan().Reverse();
                number.AsSpan(0, Math.Min(bytes.Length - at, 1 << random.Next(4))).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 3:
                return [.. bytes[..at], .. Words[random.Next(Words.Length)], .. bytes[at..]];
            case 4:
                // In place of a value, of a text or table most often.
                int end = bytes.AsSpan(at).IndexOfAny(",:}\n"u8) is >= 0 and var found ? at + found : Math.Min(bytes.Length, at + length);
                return [.. bytes[..at], .. Words[random.Next(Words.Length)], .. bytes[end..]];
            case 5:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 6:
                int from = random.Next(good.Length);
                return [.. bytes[..at], .. good[from..Math.Min(good.Length, from + random.Next(200))], .. bytes[at..]];
            default:
                return
                [
                    .. bytes[..at],
                    .. Enumerable.Repeat(bytes[at..(at + length)], random.Next(2, 200)).SelectMany(part => part),
                    .. bytes[at..],
                ];
        }
    }
}
