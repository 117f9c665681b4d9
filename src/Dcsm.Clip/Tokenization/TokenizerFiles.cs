using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization;

/// <summary>What a directory says about its tokenizer.</summary>
internal sealed class TokenizerFiles
{
    private const string DefaultStart = "<|startoftext|>",
        DefaultEnd = "<|endoftext|>";
    private const string VocabularyFile = "vocab.json",
        MergesFile = "merges.txt",
        CombinedFile = "tokenizer.json";
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
            files.ReadVocabulary(JsonFile.Load(vocabulary));
            files.ReadMerges(merges);
        }
        else if (File.Exists(combined))
        {
            files = new TokenizerFiles(combined);
            files.ReadCombined(JsonFile.Load(combined));
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

    private void ReadVocabulary(JsonFile file)
    {
        foreach (JsonProperty entry in file.Element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id < 0)
                throw file.Wrong(entry.Name, entry.Value, "a token id");
            if (!Vocabulary.TryAdd(entry.Name, id))
                throw file.Wrong($"the token '{entry.Name}' occurs twice.");
        }
    }

    private void ReadMerges(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            AddMerge(line.Split(' '), $"{path}, line {number}");
        }
    }

    private void AddMerge(string[] parts, string place)
    {
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
            throw new InvalidDataException($"{place}: '{string.Join(' ', parts)}' is not a merge of two tokens.");
        foreach (string token in (string[])[parts[0], parts[1], parts[0] + parts[1]])
        {
            if (!Vocabulary.ContainsKey(token))
                throw new InvalidDataException($"{place}: '{token}' is not in the vocabulary.");
        }
        Merges.Add($"{parts[0]} {parts[1]}");
    }

    private void ReadCombined(JsonFile file)
    {
        JsonFile model = file.Object("model") ?? throw file.Wrong("there is no 'model'.");
        if (model.Text("type") is { } type && type != "BPE")
            throw file.Wrong($"model.type is '{type}'; expected 'BPE'.");
        if (model.Text("end_of_word_suffix") is var suffix && suffix != ClipTokenizer.EndOfWord)
            throw file.Wrong($"model.end_of_word_suffix is '{suffix}'; expected '{ClipTokenizer.EndOfWord}', as CLIP's tokenizer has it.");
        ReadVocabulary(model.Object("vocab") ?? throw file.Wrong("there is no 'model.vocab'."));
        if (!model.TryGet("merges", out JsonElement merges) || merges.ValueKind != JsonValueKind.Array)
            throw file.Wrong("there is no list 'model.merges'.");
        int number = 0;
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            // Written as "a b" by older versions of huggingface/tokenizers, as ["a", "b"] by newer ones.
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array when merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
                [
                    .. merge.EnumerateArray().Select(part => part.GetString()!),
                ],
                _ => throw file.Wrong($"model.merges[{number}]", merge, "a merge of two tokens"),
            };
            AddMerge(parts, $"{Source}, model.merges[{number++}]");
        }
        if (file.TryGet("added_tokens", out JsonElement added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement token in added.EnumerateArray())
                AddSpecial(token, token.TryGetProperty("id", out JsonElement id) && id.TryGetInt32(out int number32) ? number32 : -1);
        }
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
            var file = JsonFile.Load(path);
            if (file.Object("added_tokens_decoder") is { } added)
            {
                foreach (JsonProperty token in added.Element.EnumerateObject())
                    AddSpecial(token.Value, int.TryParse(token.Name, out int id) ? id : -1);
            }
            start = ReadContent(file, "bos_token") ?? start;
            end = ReadContent(file, "eos_token") ?? end;
            pad = ReadContent(file, "pad_token") ?? pad;
            unknown = ReadContent(file, "unk_token") ?? unknown;
        }
        Start = Special(start, "start");
        End = Special(end, "end");
        Pad = Special(pad ?? end, "padding");
        Unknown = Special(unknown ?? end, "unknown");
    }

    private string? ReadContent(JsonFile file, string key)
    {
        if (!file.TryGet(key, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("content", out JsonElement content)
            || content.ValueKind != JsonValueKind.String
        )
        {
            throw file.Wrong(key, value, "a token, or an object with its 'content'");
        }

        AddSpecial(value, -1);
        return content.GetString();
    }

    private void AddSpecial(JsonElement token, int id)
    {
        if (
            token.ValueKind != JsonValueKind.Object
            || !token.TryGetProperty("content", out JsonElement content)
            || content.ValueKind != JsonValueKind.String
        )
        {
            return;
        }

        string text = content.GetString()!;
        if (text.Length == 0 || (id < 0 && !Vocabulary.TryGetValue(text, out id)))
            return;
        _special[text] = new SpecialToken(
            text,
            id,
            token.TryGetProperty("normalized", out JsonElement flag) && flag.ValueKind == JsonValueKind.True
        );
    }

    private SpecialToken Special(string content, string role)
    {
        if (_special.TryGetValue(content, out SpecialToken? known))
            return known;
        if (!Vocabulary.TryGetValue(content, out int id))
            throw new InvalidDataException($"{Source}: the {role} token '{content}' is not in the vocabulary.");
        return _special[content] = new SpecialToken(content, id, Normalized: false);
    }
}
