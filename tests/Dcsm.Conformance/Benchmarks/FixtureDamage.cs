using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Testing;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>Damaged sets must give an error that says where; unusual ones must be read.</summary>
internal static partial class FixtureDamage
{
    /// <summary>Options of an item whose scores alone are given: CLEVRbind's.</summary>
    private const int ScoresOptions = 5;

    public static IEnumerable<GoldenCheck> Bad(string directory, FixtureSources sources)
    {
        Dictionary<string, string> parts = FixtureParts.Read(directory);
        foreach (string set in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            string folder = Path.GetFileName(set);
            yield return Bad($"bad/{folder}", set, parts.GetValueOrDefault(folder, ""), sources);
        }
    }

    public static IEnumerable<GoldenCheck> Odd(string directory, FixtureSources sources)
    {
        Dictionary<string, string> parts = FixtureParts.Read(directory);
        foreach (string set in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            string folder = Path.GetFileName(set);
            yield return Odd($"odd/{folder}", set, parts.GetValueOrDefault(folder, ""), sources);
        }
    }

    private static GoldenCheck Bad(string @case, string directory, string names, FixtureSources sources)
    {
        const string Compared = "error";
        bool warns = names.StartsWith("a warning", StringComparison.Ordinal);
        try
        {
            if (ReadAll(directory, sources) is not { } benchmark)
                return Failed(@case, Compared, "no file of a benchmark is in it");
            if (!warns)
                return Failed(@case, Compared, "it was read without an error");
            string warnings = string.Join(' ', benchmark.Warnings);
            return warnings.Length == 0
                ? Failed(@case, "warning", "it was read without a warning")
                : Lacking(@case, "warning", names, warnings);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            return warns
                ? Failed(@case, "warning", $"a warning was expected, not the error: {e.Message}")
                : Lacking(@case, Compared, names, e.Message);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return Failed(@case, Compared, $"{e.GetType().Name} instead of InvalidDataException or FileNotFoundException: {e.Message}");
        }
    }

    private static GoldenCheck Lacking(string @case, string compared, string names, string message)
    {
        string[] lacking = [.. FixtureParts.Lacking(names, message)];
        return new GoldenCheck(
            @case,
            compared,
            lacking.Length,
            0,
            lacking.Length == 0 ? null : $"does not name {string.Join("; ", lacking)}: {message}"
        );
    }

    private static GoldenCheck Odd(string @case, string directory, string expected, FixtureSources sources)
    {
        const string Compared = "items";
        Benchmark? benchmark;
        try
        {
            benchmark = ReadAll(directory, sources);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            return expected.Contains("or an error", StringComparison.Ordinal)
                ? new GoldenCheck(@case, Compared, 0, 0, e.Message)
                : Failed(@case, Compared, e.Message);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            return Failed(@case, Compared, $"{e.GetType().Name}: {e.Message}");
        }

        if (benchmark is null)
            return Failed(@case, Compared, "no file of a benchmark is in it");
        string[] wrong = [.. Wrong(benchmark, expected)];
        return new GoldenCheck(@case, Compared, wrong.Length, 0, wrong.Length == 0 ? null : string.Join("; ", wrong));
    }

    private static IEnumerable<string> Wrong(Benchmark benchmark, string expected)
    {
        ChoiceItem? first = benchmark is ChoiceBenchmark { Items: [var item, ..] } ? item : null;
        int found = benchmark is ChoiceBenchmark choices ? choices.Items.Count : ((RetrievalBenchmark)benchmark).Images.Count;
        if (Count().Match(expected) is { Success: true } count && int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture) != found)
            yield return string.Create(CultureInfo.InvariantCulture, $"expected {count.Groups[1].Value} items, found {found}");
        if (RightCaption().Match(expected) is { Success: true } right && first?.Options[first.Right] != right.Groups[1].Value)
            yield return $"expected the right caption '{right.Groups[1].Value}', found '{first?.Options[first.Right]}'";
        if (Relation().Match(expected) is { Success: true } relation && first?.Group != relation.Groups[1].Value)
            yield return $"expected the relation '{relation.Groups[1].Value}', found '{first?.Group}'";
        if (expected.Contains("and a warning", StringComparison.Ordinal) && benchmark.Warnings.Count == 0)
            yield return "expected a warning, found none";
        if (Captions().Match(expected) is { Success: true } captions && benchmark is RetrievalBenchmark retrieval)
        {
            string read = string.Join(" | ", retrieval.Captions.Select(caption => caption.Text));
            if (read != captions.Groups[1].Value)
                yield return $"expected the captions '{captions.Groups[1].Value}', found '{read}'";
        }
    }

    // Reads whatever the folder holds, and opens every picture, since some are damaged themselves.
    private static Benchmark? ReadAll(string directory, FixtureSources sources)
    {
        string[] names = [.. FixtureSets.In(directory)];
        string scores = Path.Combine(directory, "scores.json");
        if (names.Length == 0)
            return File.Exists(scores) ? JudgeScores(scores) : null;

        Benchmark? benchmark = null;
        foreach (string name in names)
        {
            benchmark = sources.Read(name, new BenchmarkOptions(directory));
            IEnumerable<BenchmarkImage> images = benchmark is ChoiceBenchmark choices
                ? choices.Items.Select(item => item.Image)
                : ((RetrievalBenchmark)benchmark).Images;
            // As an evaluation does it; those without a file were made by tests.
            foreach (BenchmarkImage image in images.Where(image => image.Path is not null))
                BenchmarkPicture.Open(image, path => RgbImage.Load(path));
        }

        return benchmark;
    }

    private static ChoiceBenchmark JudgeScores(string path)
    {
        JsonElement set = LenientJson.Read(path);
        string[] options = [.. Enumerable.Range(0, ScoresOptions).Select(i => string.Create(CultureInfo.InvariantCulture, $"option {i}"))];
        ChoiceBenchmark benchmark = new()
        {
            Name = "scores",
            AnnotationFiles = [path],
            Items = [.. FixtureScores.Items(set).Select(item => new ChoiceItem(item, new BenchmarkImage(item, null, path), options, 0))],
        };
        _ = ChoiceResult.Of(benchmark, FixtureScores.Of(benchmark, set));
        return benchmark;
    }

    private static GoldenCheck Failed(string @case, string compared, string why) => GoldenCheck.Failed(@case, compared, 0, why);

    [GeneratedRegex(@"^(\d+) items?\b")]
    private static partial Regex Count();

    [GeneratedRegex(@"the right caption is '([^']+)'")]
    private static partial Regex RightCaption();

    [GeneratedRegex(@"relation '([^']+)'")]
    private static partial Regex Relation();

    [GeneratedRegex(@"captions: (.+)$")]
    private static partial Regex Captions();
}
