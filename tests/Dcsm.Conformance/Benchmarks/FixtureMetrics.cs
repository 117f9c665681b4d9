using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Testing;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>A folder of annotations with scores.json and expected.json: every expected value against the figure from the scores.</summary>
internal static class FixtureMetrics
{
    public static IEnumerable<GoldenCheck> Verify(string directory, string folder, FixtureSources sources)
    {
        JsonElement expected = LenientJson.Read(Path.Combine(directory, "expected.json"));
        JsonElement scores = LenientJson.Read(Path.Combine(directory, "scores.json"));
        string[]? symmetric = Directory.EnumerateFiles(directory, "symmetric_relations*.json").FirstOrDefault() is { } file
            ? [.. LenientJson.Read(file).EnumerateArray().Select(relation => relation.GetString()!)]
            : null;
        foreach (JsonProperty set in expected.EnumerateObject())
        {
            string @case = $"{folder}/{set.Name}";
            foreach (GoldenCheck check in GoldenCheck.Guarded(@case, () => Set(@case, directory, folder, set, scores, symmetric, sources)))
                yield return check;
        }
    }

    private static IEnumerable<GoldenCheck> Set(
        string @case,
        string directory,
        string folder,
        JsonProperty set,
        JsonElement scores,
        string[]? symmetric,
        FixtureSources sources
    )
    {
        if (set.Name == "captions")
            return FixtureWalk.Compare(@case, set.Value, Captions(directory, folder, set.Value, sources));
        if (FixtureSets.Name(folder, set.Name) is not { } name || !scores.TryGetProperty(set.Name, out JsonElement rows))
            return FixtureWalk.Compare(@case, set.Value, []);

        Benchmark benchmark = Read(name, directory, rows, sources);
        return benchmark switch
        {
            ChoiceBenchmark choices => FixtureWalk.Compare(
                @case,
                set.Value,
                BenchmarkFigures
                    .Of(ChoiceResult.Of(choices, FixtureScores.Of(choices, rows)), symmetric)
                    .Concat(CleanCaptions(choices, set.Value))
            ),
            MatchBenchmark matches => FixtureWalk.Compare(
                @case,
                set.Value,
                BenchmarkFigures.Of(MatchResult.Of(matches, FixtureScores.Rows(rows)))
            ),
            RetrievalBenchmark retrieval => Pairing(@case, retrieval, rows)
                .Concat(
                    FixtureWalk.Compare(@case, set.Value, BenchmarkFigures.Of(RetrievalResult.Of(retrieval, FixtureScores.Matrix(rows))))
                ),
            _ => throw new InvalidOperationException($"{name} is a {benchmark.GetType().Name}, for which there are no figures."),
        };
    }

    private static Benchmark Read(string name, string directory, JsonElement rows, FixtureSources sources)
    {
        BenchmarkOptions options = new(directory);
        if (FixtureScores.Options(rows) is not { } ready)
            return sources.Read(name, options);

        string file = Path.Combine(Path.GetTempPath(), $"dcsm-order-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(ready));
            return sources.Read(name, options with { OrderOptions = file });
        }
        finally
        {
            File.Delete(file);
        }
    }

    // What a reader pairs must be what the scores were made for.
    private static IEnumerable<GoldenCheck> Pairing(string @case, RetrievalBenchmark benchmark, JsonElement rows)
    {
        string[] texts = [.. rows.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        int[] images = [.. rows.GetProperty("text_image").EnumerateArray().Select(image => image.GetInt32())];
        yield return Differing(@case, "captions as read", texts, [.. benchmark.Captions.Select(caption => caption.Text)]);
        yield return Differing(@case, "image of each caption as read", images, [.. benchmark.Captions.Select(caption => caption.Image)]);
    }

    private static GoldenCheck Differing<T>(string @case, string compared, T[] expected, T[] actual)
    {
        if (expected.Length != actual.Length)
        {
            return GoldenCheck.Failed(
                @case,
                compared,
                0,
                string.Create(CultureInfo.InvariantCulture, $"expected {expected.Length}, found {actual.Length}")
            );
        }

        int[] differing = [.. Enumerable.Range(0, expected.Length).Where(i => !Equals(expected[i], actual[i]))];
        return new GoldenCheck(
            @case,
            compared,
            differing.Length,
            0,
            differing is [var first, ..]
                ? string.Create(CultureInfo.InvariantCulture, $"number {first}: expected '{expected[first]}', found '{actual[first]}'")
                : null
        );
    }

    // A caption as it is cleaned is the first option of its item.
    private static IEnumerable<BenchmarkFigure> CleanCaptions(ChoiceBenchmark benchmark, JsonElement expected)
    {
        const string Key = "pre_caption_30_words";
        return expected.TryGetProperty(Key, out _)
            ? benchmark.Items.Select(
                (item, place) =>
                    BenchmarkFigure.Of(string.Create(CultureInfo.InvariantCulture, $"{Key}.{place}.after_pre_caption"), item.Options[0])
            )
            : [];
    }

    // Options by set and picture.
    private static IEnumerable<BenchmarkFigure> Captions(string directory, string folder, JsonElement expected, FixtureSources sources)
    {
        foreach (JsonProperty set in expected.EnumerateObject())
        {
            if (
                FixtureSets.Name(folder, set.Name) is not { } name
                || sources.Read(name, new BenchmarkOptions(directory)) is not ChoiceBenchmark benchmark
            )
            {
                continue;
            }

            foreach (ChoiceItem item in benchmark.Items)
                yield return BenchmarkFigure.Of($"{set.Name}.{FixtureScores.File(item.Image.Name)}", string.Join(',', item.Options));
        }
    }
}
