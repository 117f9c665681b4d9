using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks.Judging;

/// <summary>Items that share a picture, directly or by others between them: what a bootstrap draws together.</summary>
internal static class PictureClusters
{
    /// <returns>[items] the name of a picture that stands for all that the item is drawn with.</returns>
    public static string[] Of(IReadOnlyList<MatchItem> items)
    {
        var above = new Dictionary<string, string>(StringComparer.Ordinal);
        string Top(string name)
        {
            while (above.TryGetValue(name, out string? next))
                name = next;
            return name;
        }

        foreach (MatchItem item in items)
        {
            string first = Top(item.Images[0].Name);
            foreach (BenchmarkImage image in item.Images.Skip(1))
            {
                if (Top(image.Name) is { } top && top != first)
                    above.Add(top, first);
            }
        }

        return [.. items.Select(item => Top(item.Images[0].Name))];
    }
}
