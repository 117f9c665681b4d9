using System.Text;
using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// The vocabulary of the published CLIPs (openai/CLIP, <c>simple_tokenizer.py</c>). Its merges are built in; the tokens
/// follow from them.
/// </summary>
internal static class ClipVocabulary
{
    public const int Size = 49408;
    private const string Resource = "Dcsm.Clip.merges.txt";
    private const string Start = "<|startoftext|>",
        End = "<|endoftext|>";

    /// <summary>The merges, first to last, each two tokens with a space between.</summary>
    public static IEnumerable<string> Merges
    {
        get
        {
            using var reader = new StreamReader(Open(), Encoding.UTF8);
            reader.ReadLine(); // #version
            while (reader.ReadLine() is { } line)
                yield return line;
        }
    }

    /// <summary>The tokens in the order of their ids.</summary>
    public static IEnumerable<string> Tokens
    {
        get
        {
            // The bytes that are printable themselves come first.
            string[] bytes = Enumerable
                .Range(0, 256)
                .Select(b => (Byte: b, Char: ByteAlphabet.Char((byte)b)))
                .OrderBy(entry => entry.Char == entry.Byte ? 0 : 1)
                .ThenBy(entry => entry.Byte)
                .Select(entry => entry.Char.ToString())
                .ToArray();
            return bytes
                .Concat(bytes.Select(text => text + ClipTokenizer.EndOfWord))
                .Concat(Merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)))
                .Append(Start)
                .Append(End);
        }
    }

    /// <summary>Writes the tokenizer's files into a directory as Hugging Face lays them out.</summary>
    public static void Save(string directory, int contextLength)
    {
        AtomicFile.Write(
            Path.Combine(directory, "merges.txt"),
            stream =>
            {
                using Stream merges = Open();
                merges.CopyTo(stream);
            }
        );
        Write(
            Path.Combine(directory, "vocab.json"),
            json =>
            {
                int id = 0;
                foreach (string token in Tokens)
                    json.WriteNumber(token, id++);
            }
        );
        Write(
            Path.Combine(directory, "tokenizer_config.json"),
            json =>
            {
                json.WriteString("tokenizer_class", "CLIPTokenizer");
                json.WriteBoolean("do_lower_case", true);
                json.WriteNumber("model_max_length", contextLength);
                json.WriteString("bos_token", Start);
                foreach (string role in (string[])["eos_token", "unk_token", "pad_token"])
                    json.WriteString(role, End);
            }
        );
    }

    private static Stream Open() =>
        typeof(ClipVocabulary).Assembly.GetManifestResourceStream(Resource)
        ?? throw new FileNotFoundException($"{Resource} is missing from the assembly.", Resource);

    private static void Write(string path, Action<Utf8JsonWriter> write) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, JsonLayout.Indented);
                json.WriteStartObject();
                write(json);
                json.WriteEndObject();
            }
        );
}
