using System.Globalization;
using System.Numerics;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Whether scores go with a benchmark.</summary>
internal static class ScoreRows
{
    public static void Check(IReadOnlyList<ChoiceItem> items, IReadOnlyList<double[]> scores) =>
        Check(items, scores, item => item.Id, "option", item => item.Options.Count);

    public static void Check(IReadOnlyList<MatchItem> items, IReadOnlyList<double[]> scores) =>
        Check(items, scores, item => item.Id, "pair", item => item.Matches.Count);

    private static void Check<T>(
        IReadOnlyList<T> items,
        IReadOnlyList<double[]> scores,
        Func<T, string> name,
        string column,
        Func<T, int> count
    )
    {
        if (items.Count == 0)
            throw new InvalidDataException("There are no items to judge by.");
        if (scores.Count != items.Count)
            throw Wrong($"{WhatRows(scores.Count, items.Count, i => name(items[i]))}");
        for (int i = 0; i < items.Count; i++)
        {
            T item = items[i];
            CheckRow(() => $"item '{name(item)}'", column, count(item), scores[i]);
        }
    }

    public static void Check<T>(RetrievalBenchmark benchmark, IReadOnlyList<T[]> scores)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (benchmark.Captions.Count == 0 || benchmark.Images.Count == 0)
        {
            throw new InvalidDataException(
                $"{benchmark.Name}: there is nothing to search; it has {benchmark.Images.Count} images and "
                    + $"{benchmark.Captions.Count} captions."
            );
        }

        if (scores.Count != benchmark.Captions.Count)
            throw Wrong($"{WhatRows(scores.Count, benchmark.Captions.Count, i => benchmark.Captions[i].Text)}");
        for (int t = 0; t < scores.Count; t++)
        {
            int caption = t;
            CheckRow(
                () => string.Create(CultureInfo.InvariantCulture, $"caption {caption} '{benchmark.Captions[caption].Text}'"),
                "image",
                benchmark.Images.Count,
                scores[t]
            );
        }
    }

    private static void CheckRow<T>(Func<string> item, string column, int expected, T[] row)
        where T : struct, IFloatingPointIeee754<T>
    {
        if (row.Length != expected)
            throw Wrong($"{item()}: expected {expected} scores, one for each {column}, found {row.Length}.");
        for (int i = 0; i < row.Length; i++)
        {
            if (!T.IsFinite(row[i]))
            {
                throw Wrong(
                    $"{item()}, {column} {i}: the score is {(T.IsNaN(row[i]) ? "NaN" : "infinite")}; every score must be a finite number."
                );
            }
        }
    }

    private static string WhatRows(int found, int expected, Func<int, string> name) =>
        string.Create(CultureInfo.InvariantCulture, $"Expected {expected} rows of scores, found {found}; ")
        + (found < expected ? $"'{name(found)}' is the first without one." : "the surplus belongs to no item.");

    private static InvalidDataException Wrong(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}
