namespace Dcsm.FunctionalWords;

/// <summary>In which words a caption is given to CLIP.</summary>
public enum CaptionForm
{
    /// <summary>As it is written.</summary>
    AsWritten,

    /// <summary>
    /// With every form of a functional word replaced by the word itself, and without the fillers of the list: "a picture of a dog on top of
    /// a cat" is read as "dog above cat". So other words for the same are the same by construction, and a form that is added to the list
    /// needs no training.
    /// </summary>
    Canonical,
}
