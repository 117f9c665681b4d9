using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization.Gemma;

/// <summary>What a <c>tokenizer.json</c> does to a text before byte-pair encoding: lower case, replacements, and where words end.</summary>
internal sealed class GemmaNormalizer
{
    private readonly List<(int[] Pattern, int[] Content)> _replacements = [];
    private readonly int[]? _wordEnd;
    private bool _lowers;

    /// <param name="file">The <c>tokenizer.json</c>.</param>
    /// <param name="lowers">Whether texts are put into lower case first, whatever the file says.</param>
    public GemmaNormalizer(JsonField file, bool lowers)
    {
        _lowers = lowers;
        if (file.Optional("normalizer") is { } normalizer)
            Read(normalizer);
        if (file.Optional("pre_tokenizer") is not { } splitter)
            return;
        if (splitter.Field("type") is var type && type.String() != "Split")
            throw type.Expected("'Split', as Gemma has it");
        if (splitter.Field("behavior") is var behavior && behavior.String() != "MergedWithPrevious")
            throw behavior.Expected("'MergedWithPrevious', as Gemma has it");
        if (splitter.Optional("invert") is { } invert && invert.Flag())
            throw invert.Expected("false");
        _wordEnd = Pattern(splitter);
    }

    /// <summary>The text as it is encoded.</summary>
    public List<AlignedRune> Normalize(List<AlignedRune> text)
    {
        List<AlignedRune> runes = [.. text];
        // huggingface/tokenizers looks at each letter by itself.
        if (_lowers)
            TextNormalizer.ToLower(runes, sigmaByContext: false);
        foreach ((int[] pattern, int[] content) in _replacements)
            runes = Replaced(runes, pattern, content);
        return runes;
    }

    /// <summary>The parts of a text that are encoded by themselves; each ends with what ends a word.</summary>
    public IEnumerable<List<AlignedRune>> Words(List<AlignedRune> text)
    {
        if (_wordEnd is null)
        {
            yield return text;
            yield break;
        }

        int first = 0;
        for (int at = 0; at < text.Count; )
        {
            if (!Begins(text, at, _wordEnd))
            {
                at++;
                continue;
            }

            at += _wordEnd.Length;
            yield return text[first..at];
            first = at;
        }

        if (first < text.Count)
            yield return text[first..];
    }

    /// <summary>Whether some runes stand at a place of a text.</summary>
    public static bool Begins(List<AlignedRune> text, int at, ReadOnlySpan<int> runes)
    {
        if (runes.Length > text.Count - at)
            return false;
        for (int i = 0; i < runes.Length; i++)
        {
            if (text[at + i].Value != runes[i])
                return false;
        }

        return true;
    }

    /// <summary>The code points of a text.</summary>
    public static int[] Values(string text) => [.. TextNormalizer.Runes(text, 0, text.Length).Select(rune => rune.Value)];

    private void Read(JsonField normalizer)
    {
        JsonField type = normalizer.Field("type");
        switch (type.String())
        {
            case "Sequence":
                foreach (JsonField part in normalizer.Field("normalizers").List())
                    Read(part);
                break;
            case "Lowercase" when _replacements.Count == 0:
                _lowers = true;
                break;
            case "Replace":
                _replacements.Add((Pattern(normalizer), Values(normalizer.Field("content").String())));
                break;
            default:
                throw type.Expected("'Lowercase', then 'Replace', as Gemma and SigLIP 2 have them");
        }
    }

    private static int[] Pattern(JsonField field)
    {
        JsonField text = field.Field("pattern").Field("String");
        return text.String() is { Length: > 0 } pattern ? Values(pattern) : throw text.Expected("what is looked for");
    }

    private static List<AlignedRune> Replaced(List<AlignedRune> runes, int[] pattern, int[] content)
    {
        var replaced = new List<AlignedRune>(runes.Count);
        for (int at = 0; at < runes.Count; )
        {
            if (!Begins(runes, at, pattern))
            {
                replaced.Add(runes[at++]);
                continue;
            }

            (int start, int end) = (runes[at].Start, runes[at + pattern.Length - 1].End);
            replaced.AddRange(content.Select(value => new AlignedRune(value, start, end)));
            at += pattern.Length;
        }

        return replaced;
    }
}
