using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization.Gemma;

/// <summary>
/// Tokens that are found in a text as they stand, before it is encoded: the first one, and of those that begin there the longest.
/// </summary>
internal sealed class AddedTokens
{
    // By their first code point; the longest first.
    private readonly Dictionary<int, List<(int[] Runes, int Id)>> _tokens = [];

    /// <summary>Reads <c>added_tokens</c>.</summary>
    /// <param name="file">The <c>tokenizer.json</c>.</param>
    /// <param name="most">The largest id that there may be.</param>
    /// <param name="normalizer">What is done to texts, and so to tokens that are looked for afterwards.</param>
    /// <param name="know">Told of each.</param>
    /// <returns>Those that are looked for in the text as it is written, and in the normalized one.</returns>
    public static (AddedTokens Raw, AddedTokens Normalized) Read(
        JsonField file,
        int most,
        GemmaNormalizer normalizer,
        Action<string, int> know
    )
    {
        AddedTokens raw = new(),
            normalized = new();
        foreach (JsonField token in file.Optional("added_tokens")?.List() ?? [])
        {
            foreach (string other in (string[])["single_word", "lstrip", "rstrip"])
            {
                if (token.Optional(other) is { } flag && flag.Flag())
                    throw flag.Expected("false, as Gemma has it");
            }

            string content = token.Field("content").String();
            int id = token.Field("id").Whole(0, most);
            know(content, id);
            List<AlignedRune> runes = TextNormalizer.Runes(content, 0, content.Length);
            bool isNormalized = token.Optional("normalized")?.Flag() ?? false;
            (isNormalized ? normalized : raw).Add(isNormalized ? normalizer.Normalize(runes) : runes, id);
        }

        foreach (List<(int[] Runes, int Id)> some in raw._tokens.Values.Concat(normalized._tokens.Values))
            some.Sort((one, other) => other.Runes.Length.CompareTo(one.Runes.Length));
        return (raw, normalized);
    }

    /// <summary>The parts of a text; an added token is a part by itself, with its id.</summary>
    public IEnumerable<(List<AlignedRune> Part, int? Id)> Cut(List<AlignedRune> text)
    {
        int first = 0;
        for (int at = 0; at < text.Count; )
        {
            if (
                !_tokens.TryGetValue(text[at].Value, out List<(int[] Runes, int Id)>? some)
                || some.Find(token => GemmaNormalizer.Begins(text, at, token.Runes)) is not { Runes: { } runes } found
            )
            {
                at++;
                continue;
            }

            if (at > first)
                yield return (text[first..at], null);
            yield return (text[at..(at + runes.Length)], found.Id);
            first = at += runes.Length;
        }

        if (first < text.Count)
            yield return (text[first..], null);
    }

    private void Add(List<AlignedRune> runes, int id)
    {
        if (runes.Count == 0)
            return;
        if (!_tokens.TryGetValue(runes[0].Value, out List<(int[] Runes, int Id)>? some))
            _tokens.Add(runes[0].Value, some = []);
        some.Add(([.. runes.Select(rune => rune.Value)], id));
    }
}
