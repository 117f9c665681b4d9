using System.Text.RegularExpressions;

namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>What ARO makes of captions for order and retrieval: <c>pre_caption</c> of its dataset_zoo/retrieval.py.</summary>
internal static partial class AroCaption
{
    private const int MaxWords = 30;

    public static string Prepare(string caption)
    {
        string text = Marks().Replace(caption.ToLowerInvariant(), " ");
        text = Spaces().Replace(text, " ").TrimEnd('\n').Trim(' ');
        string[] words = text.Split(' ');
        return words.Length > MaxWords ? string.Join(' ', words[..MaxWords]) : text;
    }

    // The comma, the apostrophe and the question mark stay.
    [GeneratedRegex("""[.!"()*#:;~]""")]
    private static partial Regex Marks();

    [GeneratedRegex(@"\s{2,}")]
    private static partial Regex Spaces();
}
