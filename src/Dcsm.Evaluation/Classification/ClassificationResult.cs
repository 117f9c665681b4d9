using System.Text.Json.Serialization;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Classification;

/// <summary>How well pictures of a data set are named: zero-shot, or by a probe.</summary>
public sealed class ClassificationResult
{
    /// <summary>What an ensemble of templates is called.</summary>
    public const string Ensemble = "ensemble";

    /// <summary>Judges class weights, and those of each template alone.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="single">Those of each template; empty where there is one.</param>
    /// <param name="main">The ones that count, with their name.</param>
    /// <param name="encoder">What made the embeddings.</param>
    /// <param name="arguments">What was asked for.</param>
    public static ClassificationResult Of(
        PictureEmbeddings pictures,
        IReadOnlyList<(string Name, IPictureClassifier Classifier)> single,
        (string Name, IPictureClassifier Classifier) main,
        IEncoder encoder,
        IReadOnlyDictionary<string, string> arguments
    )
    {
        ArgumentNullException.ThrowIfNull(single);
        return Of(
            pictures,
            [.. single.Select(one => (one.Name, ClassJudgement.Of(pictures, one.Classifier)))],
            (main.Name, ClassJudgement.Of(pictures, main.Classifier)),
            encoder,
            arguments
        );
    }

    /// <summary>Judges a probe, beside zero-shot.</summary>
    /// <param name="pictures">The pictures as the probe reads them.</param>
    /// <param name="probe">The probe.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="pooled">The same pictures as zero-shot reads them.</param>
    /// <param name="zeroShot">The class weights.</param>
    /// <param name="encoder">What made the embeddings.</param>
    /// <param name="arguments">What was asked for.</param>
    public static ClassificationResult Of(
        PictureEmbeddings pictures,
        IPictureClassifier probe,
        string name,
        PictureEmbeddings pooled,
        ClassWeights zeroShot,
        IEncoder encoder,
        IReadOnlyDictionary<string, string> arguments
    ) => Of(pictures, [("zero-shot", ClassJudgement.Of(pooled, zeroShot))], (name, ClassJudgement.Of(pictures, probe)), encoder, arguments);

    private static ClassificationResult Of(
        PictureEmbeddings pictures,
        IReadOnlyList<(string Name, ClassJudgement Judgement)> single,
        (string Name, ClassJudgement Judgement) main,
        IEncoder encoder,
        IReadOnlyDictionary<string, string> arguments
    )
    {
        ClassJudgement[] alone = [.. single.Select(one => one.Judgement)];
        ClassJudgement counts = main.Judgement;
        int best = alone.Length == 0 ? -1 : Array.FindIndex(alone, one => one.Top1 == alone.Max(other => other.Top1));
        return new ClassificationResult
        {
            Pictures = pictures,
            Judgement = counts,
            Data = pictures.Set.Source,
            Encoder = encoder.Name,
            Fingerprint = encoder.Fingerprint,
            ClassCount = pictures.Set.Classes.Count,
            PictureCount = pictures.Set.Pictures.Count,
            LeftOut = pictures.LeftOut,
            Main = counts.Figures(main.Name),
            Single = [.. alone.Select((one, i) => one.Figures(single[i].Name))],
            MeanOfSingle = alone.Length == 0 ? null : alone.Average(one => one.Top1),
            BestSingle = best < 0 ? null : single[best].Name,
            GainOverMean = alone.Length == 0 ? null : counts.Gain(alone),
            GainOverBest = best < 0 ? null : counts.Gain([alone[best]]),
            Classes = Outcomes(pictures.Set, counts),
            Arguments = arguments,
            Versions = SoftwareVersions.Current(),
        };
    }

    /// <summary>What was run, always "classification".</summary>
    public string Benchmark { get; } = "classification";

    /// <summary>Where the pictures are from.</summary>
    public required string Data { get; init; }

    /// <summary>The model's name.</summary>
    public required string Encoder { get; init; }

    /// <summary>The model's fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Arguments { get; init; }

    /// <summary>How many classes there are.</summary>
    public required int ClassCount { get; init; }

    /// <summary>How many pictures were named.</summary>
    public required int PictureCount { get; init; }

    /// <summary>Why pictures were left out.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>The figures that count: of the ensemble, or of the probe.</summary>
    public required ClassFigures Main { get; init; }

    /// <summary>The figures of each template alone.</summary>
    public required IReadOnlyList<ClassFigures> Single { get; init; }

    /// <summary>The mean of the single templates' shares of right pictures; null without any.</summary>
    public required double? MeanOfSingle { get; init; }

    /// <summary>The single template that names most pictures rightly; null without any.</summary>
    public required string? BestSingle { get; init; }

    /// <summary>What the ensemble gains over the mean of the templates; paired bootstrap over pictures.</summary>
    public required Estimate? GainOverMean { get; init; }

    /// <summary>What the ensemble gains over the best template.</summary>
    public required Estimate? GainOverBest { get; init; }

    /// <summary>Each class.</summary>
    public required IReadOnlyList<ClassOutcome> Classes { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>The pictures.</summary>
    [JsonIgnore]
    public PictureEmbeddings Pictures { get; private init; } = null!;

    /// <summary>What is said of each picture.</summary>
    [JsonIgnore]
    public ClassJudgement Judgement { get; private init; } = null!;

    /// <summary>Classes that are taken for one another, the most pictures first.</summary>
    [JsonIgnore]
    public IReadOnlyList<ClassConfusion> Confusions =>
        [
            .. Enumerable
                .Range(0, PictureCount)
                .Where(i => !Pictures.Set.Pictures[i].Labels.Contains(Judgement.Chosen[i]))
                .GroupBy(i => (Pictures.Set.Pictures[i].Labels[0], Judgement.Chosen[i]))
                .OrderByDescending(pair => pair.Count())
                .ThenBy(pair => pair.Key)
                .Select(pair => new ClassConfusion(
                    Pictures.Set.Classes[pair.Key.Item1].Name,
                    Pictures.Set.Classes[pair.Key.Item2].Name,
                    pair.Count(),
                    [.. pair]
                )),
        ];

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>Writes every picture with its classes, what it was taken for and where its class stood.</summary>
    /// <param name="path">The file.</param>
    /// <param name="raw">
    /// Whether texts that a spreadsheet would compute are written as they are, for programs; else an apostrophe goes before them.
    /// </param>
    public void WriteItems(string path, bool raw = false) =>
        AtomicFile.Write(
            path,
            stream =>
                CsvTable.Write(
                    stream,
                    Pictures
                        .Set.Pictures.Select(
                            (picture, i) =>
                                (IEnumerable<string>)
                                    [
                                        picture.Name,
                                        string.Join('|', picture.Labels.Select(label => Pictures.Set.Classes[label].Name)),
                                        Pictures.Set.Classes[Judgement.Chosen[i]].Name,
                                        ResultJson.Line(Judgement.Places[i]),
                                        Judgement.Right[i] ? "1" : "0",
                                    ]
                        )
                        .Prepend(["image", "label", "chosen", "place", "right"]),
                    raw
                )
        );

    /// <summary>Writes the confusion matrix: a row a class, a column for what its pictures were taken for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="raw">
    /// Whether texts that a spreadsheet would compute are written as they are, for programs; else an apostrophe goes before them.
    /// </param>
    public void WriteConfusion(string path, bool raw = false)
    {
        int[,] counts = Judgement.Confusion();
        AtomicFile.Write(
            path,
            stream =>
                CsvTable.Write(
                    stream,
                    Pictures
                        .Set.Classes.Select(
                            (own, c) =>
                                (IEnumerable<string>)
                                    [own.Name, .. Enumerable.Range(0, ClassCount).Select(k => ResultJson.Line(counts[c, k]))]
                        )
                        .Prepend(["class", .. Pictures.Set.Classes.Select(own => own.Name)]),
                    raw
                )
        );
    }

    private static ClassOutcome[] Outcomes(ClassifiedSet set, ClassJudgement judgement)
    {
        int[] pictures = new int[set.Classes.Count],
            right = new int[set.Classes.Count];
        var mistakes = new Dictionary<int, int>[set.Classes.Count];
        for (int i = 0; i < set.Pictures.Count; i++)
        {
            int label = set.Pictures[i].Labels[0],
                chosen = judgement.Chosen[i];
            pictures[label]++;
            if (judgement.Right[i])
                right[label]++;
            else if (chosen != label)
                (mistakes[label] ??= [])[chosen] = mistakes[label].GetValueOrDefault(chosen) + 1;
        }

        return
        [
            .. set.Classes.Select(
                (own, c) =>
                    new ClassOutcome(
                        own.Name,
                        pictures[c],
                        right[c],
                        mistakes[c] is { } wrong ? set.Classes[wrong.MaxBy(mistake => (mistake.Value, -mistake.Key)).Key].Name : "",
                        judgement.AveragePrecision.Count == 0 ? null : judgement.AveragePrecision[c]
                    )
            ),
        ];
    }
}
