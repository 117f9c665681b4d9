namespace Dcsm.Data.Tests.Scenes.Statements;

/// <summary>Logistic regression on which words, or which runs of words, occur in a caption.</summary>
internal static class BagOfWords
{
    /// <summary>Share of held-out captions that are told right.</summary>
    /// <param name="train">Captions to learn from.</param>
    /// <param name="test">Captions to tell.</param>
    /// <param name="gram">Longest run of words.</param>
    public static double Accuracy((string Text, bool True)[] train, (string Text, bool True)[] test, int gram)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        for (int pass = 0; pass < 8; pass++)
        {
            double rate = 0.1 / (1 + pass);
            foreach ((string text, bool isTrue) in train)
            {
                string[] features = Features(text, gram);
                double error = (isTrue ? 1 : 0) - (1 / (1 + Math.Exp(-Sum(features, weights))));
                foreach (string feature in features)
                {
                    double old = weights.GetValueOrDefault(feature);
                    weights[feature] = old + (rate * (error - (0.002 * old)));
                }
            }
        }

        return test.Average(caption => Sum(Features(caption.Text, gram), weights) > 0 == caption.True ? 1.0 : 0.0);
    }

    private static double Sum(string[] features, Dictionary<string, double> weights) => features.Sum(f => weights.GetValueOrDefault(f));

    // How long it is, and how many words it has, are features too.
    private static string[] Features(string text, int gram)
    {
        string[] words = ["^", .. text.Replace(",", " ,", StringComparison.Ordinal).Split(' '), "$"];
        var features = new HashSet<string>(StringComparer.Ordinal) { $"#{words.Length}" };
        for (int length = 1; length <= gram; length++)
        {
            for (int i = 0; i + length <= words.Length; i++)
                features.Add(string.Join(' ', words.AsSpan(i, length).ToArray()));
        }

        return [.. features];
    }
}
