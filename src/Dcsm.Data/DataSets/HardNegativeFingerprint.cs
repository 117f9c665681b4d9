using Dcsm.IO.Digests;

namespace Dcsm.Data.DataSets;

/// <summary>A hash of what records say; pictures count by their names.</summary>
internal static class HardNegativeFingerprint
{
    public static string Of(IEnumerable<HardNegativeGroup> streams)
    {
        using var digest = new Sha256Digest();
        foreach (HardNegativeGroup stream in streams)
        {
            Add(digest, stream.Name);
            foreach (HardNegativeRecord record in stream.Records)
            {
                Add(digest, record.Image);
                Add(digest, record.NegativeImage ?? "");
                Add(digest, record.Objects?.First ?? "");
                Add(digest, record.Objects?.Second ?? "");
                foreach (string caption in record.Captions.Concat(record.NegativeCaptions))
                    Add(digest, caption);
            }
        }

        return digest.Finish();
    }

    // 0xFF is in no UTF-8 text, so that no two lists of texts look alike.
    private static void Add(Sha256Digest digest, string text)
    {
        digest.Append(text);
        digest.Append([0xFF]);
    }
}
