using System.Globalization;
using System.Text.Json;
using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Csv;
using Dcsm.Reporting.Pages;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>Named pictures as text, JSON, CSV or a page.</summary>
internal static class ClassificationWriter
{
    /// <param name="images">What they are, as it is found.</param>
    /// <param name="source">What named them.</param>
    /// <param name="leftOut">Why pictures were left out; asked for behind the last one.</param>
    /// <param name="format">"csv" or "json".</param>
    /// <param name="file">Where it goes; null for the standard output.</param>
    /// <param name="terminal">Where remarks go.</param>
    public static void Deliver(
        IEnumerable<ClassifiedImage> images,
        ClassificationSource source,
        IEnumerable<string> leftOut,
        string format,
        string? file,
        Terminal terminal
    ) =>
        StreamedResults.Deliver(
            images,
            "pictures",
            file,
            terminal,
            (stream, done) =>
            {
                if (format == "csv")
                    CsvTable.Write(stream, Rows(done, source), terminal.CsvRaw);
                else
                    WriteJson(stream, done, source, leftOut);
            }
        );

    public static void WritePage(
        IReadOnlyList<ClassifiedImage> images,
        ClassificationSource source,
        Func<string, RgbImage> open,
        string file
    ) =>
        new ClassificationPage
        {
            Images = images,
            Scale = source.Temperature,
            HeadName = source.HeadName,
            Open = open,
            MadeWith = new Dictionary<string, string?>
            {
                ["clip"] = source.Clip,
                ["fingerprint"] = source.Fingerprint,
                ["templates"] = source.Templates,
                ["head"] = source.Head,
                ["probe"] = source.Probe,
                ["temperature"] = source.Temperature.ToString(CultureInfo.InvariantCulture),
            }
                .Where(entry => entry.Value is not null)
                .ToDictionary(entry => entry.Key, entry => entry.Value!),
            Versions = SoftwareVersions.Current(),
        }.Write(file);

    public static void Print(IReadOnlyList<ClassifiedImage> images, ClassificationSource source, bool named)
    {
        foreach (ClassifiedImage image in images)
        {
            if (named)
                Terminal.Result(image.Image);
            int width = image.Labels.Max(label => (label.Prompt ?? label.Label).Length),
                ranks = image.Labels[^1].Rank.ToString(CultureInfo.InvariantCulture).Length;
            foreach (LabelGuess label in image.Labels)
            {
                string rank = label.Rank.ToString(CultureInfo.InvariantCulture).PadLeft(ranks),
                    name = (label.Prompt ?? label.Label).PadRight(width),
                    head = label.HeadShare is not { } share ? ""
                    : label.HeadProbability is { } probability
                        ? $"   {source.HeadName} {NumberText.Fixed(share, 4)}, true {NumberText.Fixed(probability, 4)}"
                    : $"   {source.HeadName} {NumberText.Fixed(share, 4)}";
                Terminal.Result($"{rank}. {name} {NumberText.Fixed(label.Probability, 4)}{head}");
            }
        }
    }

    private static void WriteJson(
        Stream stream,
        IEnumerable<ClassifiedImage> images,
        ClassificationSource source,
        IEnumerable<string> leftOut
    )
    {
        JsonSerializer.Serialize(
            stream,
            new
            {
                source,
                images,
                leftOut,
            },
            Terminal.JsonOptions
        );
        stream.Write("\n"u8);
    }

    private static IEnumerable<IEnumerable<string>> Rows(IEnumerable<ClassifiedImage> images, ClassificationSource source)
    {
        bool head = source.Head is not null;
        string name = source.HeadName.ToLowerInvariant();
        string[] header = ["image", "rank", "label", "probability", "score"];
        yield return head ? [.. header, $"{name}_share", $"{name}_probability"] : header;
        foreach (ClassifiedImage image in images)
        {
            foreach (LabelGuess label in image.Labels)
            {
                string[] row =
                [
                    image.Image,
                    label.Rank.ToString(CultureInfo.InvariantCulture),
                    label.Label,
                    label.Probability.ToString(CultureInfo.InvariantCulture),
                    label.Score.ToString(CultureInfo.InvariantCulture),
                ];
                yield return head ? [.. row, Text(label.HeadShare), Text(label.HeadProbability)] : row;
            }
        }
    }

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
