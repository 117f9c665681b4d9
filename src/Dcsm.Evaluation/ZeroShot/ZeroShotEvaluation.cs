using Dcsm.Data.Classes;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>Asks a CLIP to name single objects, among all names, and the colors of tinted ones, on freshly drawn pictures.</summary>
public static class ZeroShotEvaluation
{
    private const int Few = 5;

    /// <summary>Draws the pictures (<see cref="ObjectPictures"/>), encodes them once and asks.</summary>
    /// <param name="encoder">The CLIP.</param>
    /// <param name="library">The objects to show; all of their names are the choices.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">A prompt has no <c>{name}</c>, or the one for colors no <c>{color}</c>.</exception>
    /// <exception cref="InvalidDataException">A score is NaN.</exception>
    public static ZeroShotResult Run(
        IEncoder encoder,
        ObjectLibrary library,
        ZeroShotOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(library);
        options ??= new ZeroShotOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PicturesPerObject, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchPictures, nameof(options));
        if (!options.ColorPrompt.Contains("{color}", StringComparison.Ordinal))
            throw new ArgumentException($"The prompt '{options.ColorPrompt}' has no {{color}} to put the color in.", nameof(options));
        ClassifiedSet set = ObjectPictures.Create(library, encoder.ImageSize, options);
        ClassWeights Weights(params IReadOnlyList<string> templates) =>
            ClassWeights.Encode(encoder, set.Classes, PromptTemplates.Of(templates), null, cancellationToken).Ensemble;
        ClassWeights single = Weights(options.Prompt),
            ensemble = Weights(options.Ensemble);
        ClassWeights[] colors =
        [
            .. SceneColors.Names.Select(color => Weights(options.ColorPrompt.Replace("{color}", color, StringComparison.Ordinal))),
        ];
        var pictures = PictureEmbeddings.Encode(
            encoder,
            set,
            new PictureEmbeddingOptions { BatchPictures = options.BatchPictures },
            progress,
            cancellationToken
        );
        var naming = ClassificationResult.Of(pictures, [], (options.Prompt, single), encoder, new Dictionary<string, string>());
        var byEnsemble = ClassJudgement.Of(pictures, ensemble);
        (int tinted, int told) = Colors(pictures, library, colors, options);
        int count = set.Pictures.Count;
        Estimate Share(int right, int of) => Wilson.Interval(right, of, options.Confidence);
        return new ZeroShotResult
        {
            Encoder = encoder.Name,
            Fingerprint = encoder.Fingerprint,
            Options = options,
            Versions = SoftwareVersions.Current(),
            Names = set.Classes.Count,
            Pictures = count,
            Naming = Share(naming.Judgement.Right.Count(right => right), count),
            NamingTop5 = Share(naming.Judgement.Places.Count(place => place <= Few), count),
            NamingEnsemble = Share(byEnsemble.Right.Count(right => right), count),
            Colors = SceneColors.Count,
            TintedPictures = tinted,
            ColorNaming = Share(told, tinted),
            Objects = [.. naming.Classes.Select(own => new ZeroShotObject(own.Name, own.Pictures, own.Right, own.MistakenFor))],
        };
    }

    /// <summary>Of the tinted objects, those whose color is told rightly, their names being given.</summary>
    private static (int Tinted, int Told) Colors(
        PictureEmbeddings pictures,
        ObjectLibrary library,
        ClassWeights[] colors,
        ZeroShotOptions options
    )
    {
        int tinted = 0,
            told = 0;
        float[] names = new float[library.Objects.Count],
            scores = new float[colors.Length];
        for (int i = 0; i < pictures.Set.Pictures.Count; i++)
        {
            PlacedObject shown = ObjectPictures.Draw(library, i, options).Objects[0];
            if (shown.Color == SceneColors.None)
                continue;
            for (int c = 0; c < colors.Length; c++)
            {
                colors[c].Score(pictures[i], names);
                scores[c] = names[shown.Object];
            }

            tinted++;
            if (Choice.Of(scores, shown.Color, pictures.Set.Pictures[i].Name).Strict)
                told++;
        }

        return (tinted, told);
    }
}
