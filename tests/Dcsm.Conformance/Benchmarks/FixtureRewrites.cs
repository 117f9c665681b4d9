using System.Globalization;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.FunctionalWords;
using Dcsm.Testing;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>text_rewrites.json: what the official DCSM evaluation makes of captions, where it puts functional words, token ids.</summary>
internal static class FixtureRewrites
{
    private const int Length = 30;

    public static IEnumerable<GoldenCheck> Verify(string path, FixtureSources sources)
    {
        JsonElement file = LenientJson.Read(path);
        var tokenizer = ClipTokenizer.BuiltIn(TokenizerFlavor.OpenAi);
        foreach (JsonProperty property in file.EnumerateObject())
        {
            if (property.Name == "cases")
            {
                int place = 0;
                foreach (JsonElement one in property.Value.EnumerateArray())
                {
                    string @case = string.Create(CultureInfo.InvariantCulture, $"text_rewrites/{place++}");
                    foreach (
                        GoldenCheck check in GoldenCheck.Guarded(
                            @case,
                            () => FixtureWalk.Compare(@case, one, Figures(one, tokenizer, sources))
                        )
                    )
                    {
                        yield return check;
                    }
                }
            }
            else if (property.Value.ValueKind != JsonValueKind.String)
            {
                foreach (
                    GoldenCheck check in FixtureWalk.Compare(
                        $"text_rewrites/{property.Name}",
                        property.Value,
                        property.Name == "special_words_in_order"
                            ? [BenchmarkFigure.Of("", string.Join(',', FunctionalWordList.Official.Words))]
                            : []
                    )
                )
                {
                    yield return check;
                }
            }
        }
    }

    private static List<BenchmarkFigure> Figures(JsonElement one, ClipTokenizer tokenizer, FixtureSources sources)
    {
        List<BenchmarkFigure> figures = [];
        RewrittenTexts? texts = sources.Rewrite?.Invoke(
            one.GetProperty("dataset").GetString()!,
            one.GetProperty("caption_in_file").GetString()!
        );
        if (texts is not null)
        {
            figures.Add(BenchmarkFigure.Of("after_the_loader", texts.AfterTheLoader));
            figures.Add(BenchmarkFigure.Of("text_of_baselines", texts.OfBaselines));
            figures.Add(BenchmarkFigure.Of("text_of_dcsm", texts.OfDcsm));
        }

        // Without rewriting, places and ids are still those of the text that is expected.
        string text = texts?.OfDcsm ?? one.GetProperty("text_of_dcsm").GetString()!;
        TokenizedText tokens = tokenizer.Tokenize(text, Length);
        figures.Add(BenchmarkFigure.Of("token_ids_30", Joined(tokens.Ids)));

        FunctionalWordList words = FunctionalWordList.Official;
        int[] official = words.Layout(tokens, RowPlacement.Official).Rows.ToArray(),
            aligned = words.Layout(tokens, RowPlacement.TokenAligned).Rows.ToArray();
        string[] split = text.Split(' ');
        int officials = 0,
            aligneds = 0;
        for (int row = 0; row < words.Words.Count; row++)
        {
            int column = Array.IndexOf(official, row);
            bool within = column >= 0;
            if (!within)
                column = Array.IndexOf(split, words.Words[row]);
            if (column >= 0)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"functional_words_official.{officials++}");
                figures.Add(BenchmarkFigure.Of(key + ".word", words.Words[row]));
                figures.Add(BenchmarkFigure.Of(key + ".column_replaced_by_official", column));
                figures.Add(BenchmarkFigure.Of(key + ".within_30", within ? "true" : "false"));
            }

            int[] columns = [.. Enumerable.Range(0, aligned.Length).Where(i => aligned[i] == row)];
            if (columns.Length > 0)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"functional_words_token_aligned.{aligneds++}");
                figures.Add(BenchmarkFigure.Of(key + ".word", words.Words[row]));
                figures.Add(BenchmarkFigure.Of(key + ".token_columns", Joined(columns)));
            }
        }

        if (officials == 0)
            figures.Add(BenchmarkFigure.Of("functional_words_official", ""));
        if (aligneds == 0)
            figures.Add(BenchmarkFigure.Of("functional_words_token_aligned", ""));
        return figures;
    }

    private static string Joined(IReadOnlyList<int> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
