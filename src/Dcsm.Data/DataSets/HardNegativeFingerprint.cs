using System.Security.Cryptography;
using System.Text;

namespace Dcsm.Data.DataSets;

/// <summary>A hash of what records say; pictures count by their names.</summary>
internal static class HardNegativeFingerprint
{
    public static string Of(IEnumerable<HardNegativeGroup> streams)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (HardNegativeGroup stream in streams)
        {
            Add(hash, stream.Name);
            foreach (HardNegativeRecord record in stream.Records)
            {
                Add(hash, record.Image);
                Add(hash, record.NegativeImage ?? "");
                Add(hash, record.Objects?.First ?? "");
                Add(hash, record.Objects?.Second ?? "");
                foreach (string caption in record.Captions.Concat(record.NegativeCaptions))
                    Add(hash, caption);
            }
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // 0xFF is in no UTF-8 text, so that no two lists of texts look alike.
    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0xFF]);
    }
}
