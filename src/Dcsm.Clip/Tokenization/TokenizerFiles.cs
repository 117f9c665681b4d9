using System.Text;
using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization;

/// <summary>What a directory says about its tokenizer.</summary>
internal sealed class TokenizerFiles
{
    private const string DefaultStart = "<|startoftext|>",
        DefaultEnd = "<|endoftext|>";
    private const string VocabularyFile = "vocab.json",
        MergesFile = "merges.txt",
        CombinedFile = "tokenizer.json",
        AddedFile = "added_tokens.json";
    private static readonly string[] SettingsFiles = ["tokenizer_config.json", "special_tokens_map.json"];

    private readonly Dictionary<string, SpecialToken> _special = new(StringComparer.Ordinal);

    private TokenizerFiles(string source) => Source = source;

    /// <summary>The file that messages about the vocabulary name.</summary>
    public string Source { get; }

    public Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);

    public List<string> Merges { get; } = [];

    public IReadOnlyCollection<SpecialToken> SpecialTokens => _special.Values;

    public SpecialToken Start { get; private set; } = null!;

    public SpecialToken End { get; private set; } = null!;

    public SpecialToken Pad { get; private set; } = null!;

    public SpecialToken Unknown { get; private set; } = null!;

    /// <summary>Whether a directory has the files of a tokenizer.</summary>
    public static bool Exist(string directory) =>
        File.Exists(Path.Combine(directory, VocabularyFile))
        || File.Exists(Path.Combine(directory, MergesFile))
        || File.Exists(Path.Combine(directory, CombinedFile));

    public static TokenizerFiles Load(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such directory.");
        string vocabulary = Path.Combine(directory, VocabularyFile);
        string merges = Path.Combine(directory, MergesFile);
        string combined = Path.Combine(directory, CombinedFile);
        TokenizerFiles files;
        if (File.Exists(vocabulary) && File.Exists(merges))
        {
            files = new TokenizerFiles(vocabulary);
            files.ReadVocabulary(JsonField.LoadFromPython(vocabulary));
            files.ReadMerges(merges);
        }
        else if (File.Exists(combined))
        {
            files = new TokenizerFiles(combined);
            files.ReadCombined(JsonField.LoadFromPython(combined));
        }
        else
        {
            string missing = File.Exists(vocabulary) ? merges : vocabulary;
            throw new FileNotFoundException(
                $"{directory}: there is no tokenizer: {Path.GetFileName(missing)} is missing, and so is {CombinedFile} (one "
                    + $"holds {VocabularyFile} and {MergesFile}, or {CombinedFile}).",
                missing
            );
        }
        files.ReadSettings(directory);
        return files;
    }

    /// <summary>Copies the files of a tokenizer into another directory.</summary>
    public static void Copy(string directory, string destination)
    {
        foreach (string name in (string[])[VocabularyFile, MergesFile, CombinedFile, AddedFile, .. SettingsFiles])
        {
            string source = Path.Combine(directory, name);
            if (File.Exists(source))
                AtomicFile.Write(Path.Combine(destination, name), RegularFile.ReadAll(source, Utf8File.MostOfDescription));
        }
    }

    /// <summary>The vocabulary that is built in.</summary>
    public static TokenizerFiles BuiltIn()
    {
        var files = new TokenizerFiles("the built-in vocabulary");
        foreach (string token in ClipVocabulary.Tokens)
            files.Vocabulary.Add(token, files.Vocabulary.Count);
        files.Merges.AddRange(ClipVocabulary.Merges);
        (files.Start, files.End) = (files.Special(DefaultStart, "start"), files.Special(DefaultEnd, "end"));
        (files.Pad, files.Unknown) = (files.End, files.End);
        return files;
    }

    private void ReadVocabulary(JsonField file)
    {
        // Tens of thousands: their places are put together for errors only.
        foreach (JsonProperty entry in file.Object().Element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id < 0)
                throw file.Field(entry.Name).Expected("a token id");
            if (!Vocabulary.TryAdd(entry.Name, id))
                throw file.Wrong($"the token '{Excerpt.Of(entry.Name)}' occurs twice.");
        }
    }

    private void ReadMerges(string path)
    {
        int number = 0;
        foreach (string ended in Encoding.UTF8.GetString(Utf8File.Read(path, Utf8File.MostOfDescription)).Split('\n'))
        {
            number++;
            string line = ended.TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            AddMerge(line.Split(' '), $"{path}, line {number}");
        }
    }

    private void AddMerge(string[] parts, string place)
    {
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            throw new InvalidDataException($"{place}: '{Excerpt.Of(string.Join(' ', parts))}' is not a merge of two tokens.");
        foreach (string token in (string[])[parts[0], parts[1], parts[0] + parts[1]])
        {
            if (!Vocabulary.ContainsKey(token))
                throw new InvalidDataException($"{place}: '{Excerpt.Of(token)}' is not in the vocabulary.");
        }
        Merges.Add($"{parts[0]} {parts[1]}");
    }

    private void ReadCombined(JsonField file)
    {
        JsonField model = file.Field("model");
        if (model.Optional("type") is { } type && type.String() != "BPE")
            throw type.Expected("'BPE'");
        if (model.Optional("end_of_word_suffix") is not { } suffix || suffix.String() != ClipTokenizer.EndOfWord)
            throw model.Wrong($"end_of_word_suffix has to be '{ClipTokenizer.EndOfWord}', as CLIP's tokenizer has it");
        ReadVocabulary(model.Field("vocab"));
        foreach (JsonField merge in model.Field("merges").List())
        {
            // Written as "a b" by older versions of huggingface/tokenizers, as ["a", "b"] by newer ones.
            AddMerge(merge.Kind == JsonValueKind.String ? merge.String().Split(' ') : Pair(merge), merge.Place);
        }
        foreach (JsonField token in file.Optional("added_tokens")?.List() ?? [])
            AddSpecial(token, token.Optional("id")?.Whole(0) ?? -1);

        static string[] Pair(JsonField merge) =>
            merge.Kind == JsonValueKind.Array
                ? [.. merge.List().Select(part => part.String())]
                : throw merge.Expected("a merge of two tokens");
    }

    private void ReadSettings(string directory)
    {
        string start = DefaultStart,
            end = DefaultEnd;
        string? pad = null,
            unknown = null;
        foreach (string name in SettingsFiles)
        {
            string path = Path.Combine(directory, name);
            if (!File.Exists(path))
                continue;
            var file = JsonField.LoadFromPython(path);
            foreach (JsonField token in file.Optional("added_tokens_decoder")?.Fields() ?? [])
                AddSpecial(token, int.TryParse(token.Name, out int id) ? id : -1);
            start = ReadContent(file, "bos_token") ?? start;
            end = ReadContent(file, "eos_token") ?? end;
            pad = ReadContent(file, "pad_token") ?? pad;
            unknown = ReadContent(file, "unk_token") ?? unknown;
        }
        ReadAdded(directory, [start, end, pad ?? end, unknown ?? end]);
        Start = Special(start, "start");
        End = Special(end, "end");
        Pad = Special(pad ?? end, "padding");
        Unknown = Special(unknown ?? end, "unknown");
    }

    // What transformers before 4.34 wrote; what the settings tell of a token goes before it.
    private void ReadAdded(string directory, IReadOnlyList<string> roles)
    {
        string path = Path.Combine(directory, AddedFile);
        if (!File.Exists(path))
            return;
        foreach (JsonField token in JsonField.LoadFromPython(path).Fields())
            _special.TryAdd(token.Name, new SpecialToken(token.Name, token.Whole(0), Normalized: !roles.Contains(token.Name)));
    }

    private string? ReadContent(JsonField file, string key)
    {
        if (file.Optional(key) is not { } value)
            return null;
        if (value.Kind == JsonValueKind.String)
            return value.String();
        if (value.Kind != JsonValueKind.Object || value.Optional("content") is not { } content)
            throw value.Expected("a token, or an object with its 'content'");
        AddSpecial(value, -1);
        return content.String();
    }

    private void AddSpecial(JsonField token, int id)
    {
        if (token.Kind != JsonValueKind.Object || token.Optional("content") is not { Kind: JsonValueKind.String } content)
            return;
        string text = content.String();
        if (text.Length == 0 || (id < 0 && !Vocabulary.TryGetValue(text, out id)))
            return;
        _special[text] = new SpecialToken(text, id, token.Optional("normalized") is { Kind: JsonValueKind.True });
    }

    private SpecialToken Special(string content, string role)
    {
        if (_special.TryGetValue(content, out SpecialToken? known))
            return known;
        if (!Vocabulary.TryGetValue(content, out int id))
            throw new InvalidDataException($"{Source}: the {role} token '{Excerpt.Of(content)}' is not in the vocabulary.");
        return _special[content] = new SpecialToken(content, id, Normalized: false);
    }
}
