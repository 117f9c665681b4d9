using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Scenes;

/// <summary>What one scorer reached in one part and kind. All shares count ties as wrong unless they say otherwise.</summary>
/// <param name="Scorer">The scorer's name.</param>
/// <param name="Part">The part of the split.</param>
/// <param name="Kind">The kind; null for the plain mean over the kinds.</param>
/// <param name="Samples">How many samples.</param>
/// <param name="Items">How many choices among two captions: two images in each paraphrase of each sample.</param>
/// <param name="Accuracy">Given an image, the right caption; chance ½. The interval is a bootstrap over samples.</param>
/// <param name="ExpectedAccuracy">The same with ties counting half.</param>
/// <param name="Ties">How many items give both captions the same score.</param>
/// <param name="ImageAccuracy">The other direction: given a caption, the right image; chance ½.</param>
/// <param name="GroupAccuracy">Both images and both captions of a paraphrase right at once; chance ⅙.</param>
public sealed record SceneCell(
    string Scorer,
    SplitPart Part,
    SceneKind? Kind,
    int Samples,
    int Items,
    Estimate Accuracy,
    double ExpectedAccuracy,
    int Ties,
    Estimate ImageAccuracy,
    Estimate GroupAccuracy
);
