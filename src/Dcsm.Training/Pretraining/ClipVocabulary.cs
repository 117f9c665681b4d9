using Dcsm.Data.Scenes;

namespace Dcsm.Training.Pretraining;

/// <summary>The words that a small CLIP's vocabulary holds whole: objects, attributes, functional words, common English.</summary>
public static class ClipVocabulary
{
    private const string CaptionWords =
        "a an the of picture photo image scene there this is with and , . some small big little tiny large huge "
        + "above below left right under underneath beneath over on top in front behind next to beside near between inside outside "
        + "not no without but absent never none nothing neither nor isn't doesn't only one two three "
        + "red green blue yellow purple orange white black brown pink gray grey golden silver dark light bright "
        + "at by for from into it its that these those are was has have which who what where you can see shows showing shown "
        + "background foreground side center middle corner left-hand right-hand bottom ground floor wall table grass sky water road room "
        + "object objects thing things toy item colour color colored coloured shaped round old new "
        + "man woman person people child hand close up view photograph drawing render rendering illustration";

    /// <summary>Word to weight, for <see cref="BpeTrainer.Train"/>: every object of the folder, known to the CLIP or not.</summary>
    public static IReadOnlyDictionary<string, int> WordCounts(ObjectLibrary library)
    {
        ArgumentNullException.ThrowIfNull(library);
        Dictionary<string, int> counts = CommonWords();
        foreach (SceneObject known in library.Objects)
            counts[known.Name] = 5;
        return counts;
    }

    /// <summary>The words that are held whole whatever is trained on, with their weight.</summary>
    internal static Dictionary<string, int> CommonWords() =>
        CaptionWords.Split(' ').Distinct().ToDictionary(word => word, _ => 2, StringComparer.Ordinal);
}
