namespace Dcsm.Evaluation.Statements;

/// <summary>What is measured of a scorer on statements.</summary>
public enum StatementMeasure
{
    /// <summary>The true one of two statements of one kind about one picture has the higher score, ties counting half.</summary>
    WithinKinds,

    /// <summary>The same where both name the same objects, colors and sizes, and only what goes with what differs.</summary>
    Exchanged,

    /// <summary>A true statement of one kind has a higher score than a false one of another about the same picture, likewise.</summary>
    AcrossKinds,

    /// <summary>Of a color and a relation in one caption, the true one of four has the highest score, ties counting in part.</summary>
    BestOfFour,

    /// <summary>Area under the ROC curve over all pictures and their statements: one threshold for all.</summary>
    Auroc,

    /// <summary>Average precision over the same.</summary>
    AveragePrecision,

    /// <summary>Expected calibration error of the probabilities, in 15 bins of equal width.</summary>
    CalibrationError,

    /// <summary>Mean squared distance of the probabilities from what is true.</summary>
    BrierScore,

    /// <summary>A picture that the caption is true of comes first in a gallery of pictures.</summary>
    CaptionToPictureAt1,

    /// <summary>One is among the first five.</summary>
    CaptionToPictureAt5,

    /// <summary>A caption that is true of the picture comes first in a gallery of captions.</summary>
    PictureToCaptionAt1,

    /// <summary>One is among the first five.</summary>
    PictureToCaptionAt5,
}
