using System.Text;

namespace Dcsm.Numerics.RandomNumbers;

/// <summary>A hash of texts that is the same in every process (unlike <see cref="string.GetHashCode()"/>): FNV-1a, then mixed.</summary>
public static class StableHash
{
    /// <summary>The hash of some texts in their order.</summary>
    public static ulong Of(ulong seed, params ReadOnlySpan<string> texts)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (string text in texts)
        {
            foreach (byte b in Encoding.UTF8.GetBytes(text))
                hash = (hash ^ b) * 0x100000001B3UL;
            // A byte that is in no UTF-8 text, so that "ab", "c" is not "a", "bc".
            hash = (hash ^ 0xFF) * 0x100000001B3UL;
        }

        return new SceneRandom(seed, hash).NextUInt64();
    }
}
