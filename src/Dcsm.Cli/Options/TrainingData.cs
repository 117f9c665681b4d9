using System.CommandLine;
using System.Globalization;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Cli.Options;

/// <summary>A data set to train on, as <c>--data KIND:PATH[:WEIGHT]</c> names it.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Path">File or folder; empty for scenes without end.</param>
/// <param name="Weight">Its share; null where it follows the number of samples.</param>
internal sealed record TrainingData(string Kind, string Path, double? Weight)
{
    public static readonly IReadOnlyList<string> Kinds = ["scenes", "official", "coco", "vg", "csv", "jsonl", "cutouts"];

    public static Option<string[]> Option() =>
        new("--data")
        {
            Description =
                "Train on a data set, or on several in one run: scenes (without PATH: new ones without end), official (the DCSM "
                + "repository's folders), coco, vg, csv, jsonl, cutouts. WEIGHT is its share of the loss; "
                + "without it data sets divide 1 among themselves by their numbers of samples, and scenes without end have 1. "
                + "docs/training-data.md describes each.",
            HelpName = "KIND:PATH[:WEIGHT]",
        };

    public static Option<string> Backgrounds() =>
        new("--backgrounds")
        {
            Description = "What cut-outs are put on: generated, plain, or a folder of pictures.",
            HelpName = "KIND|DIR",
            DefaultValueFactory = _ => "generated",
        };

    /// <exception cref="ArgumentException">It is of another form.</exception>
    public static TrainingData Parse(string text)
    {
        string[] halves = text.Split(':', 2);
        string kind = halves[0],
            path = halves.Length > 1 ? halves[1] : "";
        if (!Kinds.Contains(kind))
        {
            throw new ArgumentException(
                $"--data '{text}': '{kind}' is none of {string.Join(", ", Kinds)}; the form is KIND:PATH or KIND:PATH:WEIGHT"
            );
        }

        double? weight = null;
        // A path may hold colons; only a number at its end is a weight.
        if (
            path.LastIndexOf(':') is var colon and >= 0
            && double.TryParse(path.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        )
        {
            (path, weight) = (path[..colon], number);
        }

        if (weight is { } given && (!(given > 0) || !double.IsFinite(given)))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"--data '{text}': the weight is {weight}; it should be above 0")
            );
        }

        if (path.Length == 0 && kind != "scenes")
            throw new ArgumentException($"--data '{text}': the path is missing; the form is {kind}:PATH or {kind}:PATH:WEIGHT");
        return new TrainingData(kind, path, weight);
    }

    /// <summary>Opens data sets as pictures with true captions; several are taken together.</summary>
    /// <param name="data">The data sets, at least one.</param>
    /// <param name="seed">Seed of captions that are made of annotations.</param>
    /// <param name="splitSeed">Seed of what is held out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">One has no captions of its own, or has a weight.</exception>
    public static CaptionedPictures OpenCaptions(
        IReadOnlyList<TrainingData> data,
        ulong seed,
        ulong splitSeed,
        CancellationToken cancellationToken
    )
    {
        foreach (TrainingData item in data)
        {
            if (item.Kind is "scenes" or "cutouts")
                throw new ArgumentException($"--data {item.Kind}: its captions are made as it is drawn; pictures with captions are wanted");
            if (item.Weight is not null)
                throw new ArgumentException($"--data {item.Kind}:{item.Path}: has a weight, and pictures count alike here");
        }

        return CaptionedPictures.Join([
            .. data.Select(item => CaptionedPictures.Read(item.Kind, item.Path, seed, splitSeed, cancellationToken)),
        ]);
    }

    /// <summary>Opens data sets; several become a mixture, in which each is called by its kind.</summary>
    /// <param name="data">The data sets, at least one.</param>
    /// <param name="endless">Opens scenes without end.</param>
    /// <param name="loss">What is trained with; that of statements takes all that is known of a picture.</param>
    /// <param name="bySamples">Whether what has no weight counts as its number of samples; otherwise everything counts the same.</param>
    /// <param name="imageSize">Side of pictures that are drawn.</param>
    /// <param name="pictures">How pictures are decoded.</param>
    /// <param name="seed">Seed of scenes and choices.</param>
    /// <param name="splitSeed">Seed of what is held out.</param>
    /// <param name="backgrounds">What cut-outs are put on.</param>
    /// <param name="remark">Told what was left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    // Long because each kind of data is a few lines, and all share what was asked for.
    public static IHeadTrainingSource Open(
        IReadOnlyList<TrainingData> data,
        Func<IHeadTrainingSource> endless,
        HeadLoss loss,
        bool bySamples,
        int imageSize,
        PictureOptions pictures,
        ulong seed,
        ulong splitSeed,
        string backgrounds,
        Action<string> remark,
        CancellationToken cancellationToken
    )
    {
        if (data is [var only])
            return Open(only);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        return bySamples
            ? MixedTrainingSource.BySamples([.. data.Select(item => (Name(item.Kind), Open(item), item.Weight))])
            : new MixedTrainingSource([.. data.Select(item => new TrainingPart(Name(item.Kind), Open(item), item.Weight ?? 1))]);

        string Name(string kind)
        {
            int number = names[kind] = names.GetValueOrDefault(kind) + 1;
            return number == 1 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");
        }

        IHeadTrainingSource Open(TrainingData item) =>
            item.Kind switch
            {
                "scenes" => item.Path.Length == 0 ? endless() : SceneFolderTrainingSource.Open(item.Path, pictures, cancellationToken),
                "cutouts" => CutoutTrainingSource.Open(
                    item.Path,
                    imageSize,
                    seed,
                    splitSeed,
                    backgrounds switch
                    {
                        "generated" => SceneBackgrounds.Generated,
                        "plain" => SceneBackgrounds.Plain,
                        _ => SceneBackgrounds.Load(backgrounds),
                    }
                ),
                _ => OpenSet(item),
            };

        IHeadTrainingSource OpenSet(TrainingData item)
        {
            if (loss == HeadLoss.Statements && OpenStatements(item) is { } statements)
            {
                Say(statements.Remarks);
                return new LabeledTrainingSource(statements, splitSeed, pictures);
            }

            HardNegativeSet set = item.Kind switch
            {
                "official" => OfficialFolder.Read(item.Path, seed, cancellationToken),
                "coco" => CocoData.Read(item.Path, new CocoOptions { Seed = seed }, cancellationToken),
                "vg" => VisualGenomeData.Read(item.Path, new VisualGenomeOptions { Seed = seed }, cancellationToken),
                "csv" => CaptionTable.ReadCsv(item.Path),
                _ => CaptionTable.ReadJsonLines(item.Path),
            };
            Say(set.Remarks);
            return new HardNegativeTrainingSource(set, splitSeed, pictures) { StreamsBySamples = bySamples };
        }

        LabeledSet? OpenStatements(TrainingData item) =>
            item.Kind switch
            {
                "coco" => CocoData.ReadStatements(item.Path, new CocoOptions { Seed = seed }, splitSeed, cancellationToken),
                "vg" => VisualGenomeData.ReadStatements(item.Path, new VisualGenomeOptions { Seed = seed }, splitSeed, cancellationToken),
                "csv" => CaptionTable.ReadStatementsCsv(item.Path, splitSeed),
                "jsonl" => CaptionTable.ReadStatementsJsonLines(item.Path, splitSeed),
                _ => null,
            };

        void Say(IEnumerable<string> remarks)
        {
            foreach (string leftOut in remarks)
                remark(leftOut);
        }
    }
}
