namespace Dcsm.FunctionalWords;

/// <summary>In which words a caption is given to CLIP.</summary>
public enum CaptionForm
{
    /// <summary>As it is written.</summary>
    AsWritten,

    /// <summary>
    /// With every form of a functional word replaced by the word itself, without the fillers of the list, and with one article before each
    /// noun phrase: "A picture of a dog, on top of the cat." is read as "a dog above a cat". So other words for the same are the same by
    /// construction, and a form that is added to the list needs no training.
    /// </summary>
    Canonical,
}
