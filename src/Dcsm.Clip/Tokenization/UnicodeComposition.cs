using System.Globalization;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// Unicode normalization form C that keeps track of where each code point came from. .NET's own
/// <see cref="string.Normalize()"/> keeps no places, and does nothing where globalization is invariant.
/// </summary>
/// <remarks>
/// The tables are of Unicode 14, whose canonical mappings are those of the unicode-normalization crate
/// (Unicode 12) that huggingface/tokenizers uses.
/// </remarks>
internal static class UnicodeComposition
{
    private const int FirstAffected = 0x300,
        FirstDecomposed = 0xC0;
    private const int SyllableBase = 0xAC00,
        LeadBase = 0x1100,
        VowelBase = 0x1161,
        TailBase = 0x11A7;
    private const int Leads = 19,
        Vowels = 21,
        Tails = 28,
        Syllables = Leads * Vowels * Tails;

    private static readonly Lazy<Tables> CompositionTables = new(Tables.Read);

    /// <summary>Composes in place.</summary>
    public static void Compose(List<AlignedRune> text)
    {
        if (!text.Exists(rune => rune.Value >= FirstAffected))
            return;
        Tables tables = CompositionTables.Value;
        Recompose(tables, Decomposed(tables, text), text);
    }

    /// <summary>Form D: takes apart in place.</summary>
    public static void Decompose(List<AlignedRune> text)
    {
        if (!text.Exists(rune => rune.Value >= FirstDecomposed))
            return;
        List<(AlignedRune Rune, int Class)> decomposed = Decomposed(CompositionTables.Value, text);
        text.Clear();
        text.AddRange(decomposed.Select(item => item.Rune));
    }

    private static List<(AlignedRune Rune, int Class)> Decomposed(Tables tables, List<AlignedRune> text)
    {
        var decomposed = new List<(AlignedRune Rune, int Class)>(text.Count);
        foreach (AlignedRune rune in text)
            Decompose(tables, rune, decomposed);
        Reorder(decomposed);
        return decomposed;
    }

    private static void Decompose(Tables tables, AlignedRune rune, List<(AlignedRune Rune, int Class)> result)
    {
        int syllable = rune.Value - SyllableBase;
        if (syllable is >= 0 and < Syllables)
        {
            result.Add((rune with { Value = LeadBase + (syllable / (Vowels * Tails)) }, 0));
            result.Add((rune with { Value = VowelBase + (syllable / Tails % Vowels) }, 0));
            if (syllable % Tails != 0)
                result.Add((rune with { Value = TailBase + (syllable % Tails) }, 0));
        }
        else if (tables.Decompositions.TryGetValue(rune.Value, out (int First, int Second) parts))
        {
            Decompose(tables, rune with { Value = parts.First }, result);
            if (parts.Second != 0)
                Decompose(tables, rune with { Value = parts.Second }, result);
        }
        else
        {
            result.Add((rune, tables.Classes.GetValueOrDefault(rune.Value)));
        }
    }

    private static void Reorder(List<(AlignedRune Rune, int Class)> text)
    {
        for (int start = 0; start < text.Count; start++)
        {
            if (text[start].Class == 0)
                continue;
            int end = start + 1;
            while (end < text.Count && text[end].Class != 0)
                end++;
            if (end - start > 1)
            {
                var sorted = text.GetRange(start, end - start).OrderBy(item => item.Class).ToList();
                for (int i = 0; i < sorted.Count; i++)
                    text[start + i] = sorted[i];
            }
            start = end;
        }
    }

    private static void Recompose(Tables tables, List<(AlignedRune Rune, int Class)> decomposed, List<AlignedRune> text)
    {
        text.Clear();
        int starter = -1;
        int previousClass = 0;
        foreach ((AlignedRune rune, int @class) in decomposed)
        {
            // A mark is blocked from its starter by a mark of the same or a higher class between them.
            bool adjacent = starter == text.Count - 1;
            if (
                starter >= 0
                && (adjacent || (previousClass != 0 && previousClass < @class))
                && TryCompose(tables, text[starter].Value, rune.Value, out int composed)
            )
            {
                AlignedRune first = text[starter];
                text[starter] = new AlignedRune(composed, Math.Min(first.Start, rune.Start), Math.Max(first.End, rune.End));
                continue;
            }
            if (@class == 0)
                starter = text.Count;
            previousClass = @class;
            text.Add(rune);
        }
    }

    private static bool TryCompose(Tables tables, int first, int second, out int composed)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
        {
            composed = SyllableBase + (((lead * Vowels) + vowel) * Tails);
            return true;
        }
        int syllable = first - SyllableBase;
        int tail = second - TailBase;
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
        {
            composed = first + tail;
            return true;
        }
        return tables.Compositions.TryGetValue((first, second), out composed);
    }

    private sealed record Tables(
        Dictionary<int, int> Classes,
        Dictionary<int, (int First, int Second)> Decompositions,
        Dictionary<(int First, int Second), int> Compositions
    )
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using Stream stream = typeof(UnicodeComposition).Assembly.GetManifestResourceStream("Dcsm.Clip.UnicodeComposition.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                string[] parts = line.Split(' ');
                switch (parts[0])
                {
                    case "c":
                        for (int code = Hex(parts[1]); code <= Hex(parts[2]); code++)
                            tables.Classes[code] = int.Parse(parts[3], CultureInfo.InvariantCulture);
                        break;
                    case "=" or ">":
                        (int, int) pair = (Hex(parts[2]), parts.Length > 3 ? Hex(parts[3]) : 0);
                        tables.Decompositions[Hex(parts[1])] = pair;
                        if (parts[0] == "=")
                            tables.Compositions[pair] = Hex(parts[1]);
                        break;
                }
            }
            return tables;
        }

        private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
