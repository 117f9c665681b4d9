using Dcsm.Scoring;

namespace Dcsm.Models.Small;

/// <summary>
/// The small CLIP that was trained on generated scenes, and the head on it. Their files lie beside the program, in the folder
/// <c>dcsm-models</c>.
/// </summary>
/// <example>
/// <code>
/// await using DcsmScorer scorer = await SmallModel.LoadAsync();
/// IReadOnlyList&lt;CaptionScore&gt; scores = scorer.Score("picture.png", ["a red teapot and a blue car", "a blue teapot and a red car"]);
/// </code>
/// </example>
public static class SmallModel
{
    /// <summary>The folder of the CLIP.</summary>
    public static string ClipDirectory => Folder("clip-small");

    /// <summary>The folder of the head.</summary>
    public static string HeadDirectory => Folder("head-small");

    /// <summary>Opens both as a scorer.</summary>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DirectoryNotFoundException">The folders are not beside the program.</exception>
    public static Task<DcsmScorer> LoadAsync(DcsmScorerOptions? options = null, CancellationToken cancellationToken = default) =>
        DcsmScorer.LoadAsync(ClipDirectory, HeadDirectory, options, cancellationToken);

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "dcsm-models", name);
}
