using System.Text;
using Dcsm.Cli.Inputs;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Output;

/// <summary>Text files of one thing a line, UTF-8.</summary>
internal static class TextLines
{
    /// <summary>Lines that are not blank, without the space around them, with their numbers from 1.</summary>
    /// <param name="path">The file; <c>-</c> for the standard input.</param>
    /// <param name="what">What is on the lines, for messages: "captions".</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is not UTF-8, or there are none.</exception>
    public static IReadOnlyList<(int Line, string Text)> Read(string path, string what) =>
        path == StandardInput.Name ? Parse(StandardInput.ReadAll(), StandardInput.Title, what)
        : File.Exists(path) ? Parse(RegularFile.ReadAll(path), path, what)
        : throw new FileNotFoundException($"{path}: there is no such file of {what}", path);

    /// <inheritdoc cref="Read"/>
    /// <param name="content">The lines.</param>
    /// <param name="path">What errors call them.</param>
    /// <param name="what">What is on the lines.</param>
    public static IReadOnlyList<(int Line, string Text)> Parse(ReadOnlySpan<byte> content, string path, string what)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        ReadOnlySpan<byte> rest = content;
        if (rest.StartsWith("\uFEFF"u8))
            rest = rest[3..];
        List<(int, string)> lines = [];
        for (int line = 1; !rest.IsEmpty; line++)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> bytes = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            string text;
            try
            {
                text = strict.GetString(bytes).Trim();
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidDataException($"{path}, line {line}: is not UTF-8 text", e);
            }
            if (text.Length > 0)
                lines.Add((line, text));
        }

        return lines.Count > 0 ? lines : throw new InvalidDataException($"{path}: holds no {what}; it should have one a line");
    }
}
