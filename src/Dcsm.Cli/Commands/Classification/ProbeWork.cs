using Dcsm.Cli.Output;
using Dcsm.Evaluation.Classification;
using Dcsm.Training.Probing;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>Fits probes to embeddings of pictures.</summary>
internal sealed class ProbeWork(
    PictureEmbeddings training,
    int classes,
    int maxIterations,
    string fingerprint,
    PictureFeatures features,
    CancellationToken cancellationToken
)
{
    /// <summary>What there is to train on.</summary>
    public PictureEmbeddings Training => training;

    /// <summary>The class of each picture.</summary>
    /// <exception cref="InvalidDataException">A picture has several.</exception>
    public static int[] Labels(PictureEmbeddings pictures) =>
        pictures.Set.HasSeveralLabels
            ? throw new InvalidDataException($"{pictures.Set.Source}: has several labels a picture; a probe learns one")
            : [.. pictures.Set.Pictures.Select(picture => picture.Labels[0])];

    public LogisticFit Fit(PictureEmbeddings pictures, double c, LogisticFit? start, Action<int, double>? report = null) =>
        LogisticRegression.Fit(
            pictures.Values.ToArray(),
            Labels(pictures),
            classes,
            new LogisticOptions { C = c, MaxIterations = maxIterations },
            start,
            report is null ? null : new DelegateProgress<(int Step, double Objective)>(at => report(at.Step, at.Objective)),
            cancellationToken
        );

    public LinearClassifier Classifier(LogisticFit fit) =>
        new(
            [.. training.Set.Classes.Select(own => own.Name)],
            [.. fit.Coefficients().Select(value => (float)value)],
            [.. fit.Intercepts().Select(value => (float)value)],
            features,
            fingerprint
        );
}
