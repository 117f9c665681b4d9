using Dcsm.Data.Scenes;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Guesses which article an English noun takes, where a data set does not say it.</summary>
internal static class NounForms
{
    private static readonly HashSet<string> Masses = new(StringComparer.Ordinal)
    {
        "bread",
        "broccoli",
        "butter",
        "cheese",
        "chocolate",
        "clothing",
        "concrete",
        "dirt",
        "equipment",
        "fabric",
        "foam",
        "food",
        "fruit",
        "furniture",
        "fur",
        "glass",
        "grass",
        "gravel",
        "ground",
        "hair",
        "ice",
        "jewelry",
        "land",
        "lettuce",
        "light",
        "luggage",
        "meat",
        "metal",
        "mud",
        "paint",
        "paper",
        "pasta",
        "rice",
        "salad",
        "sand",
        "sky",
        "smoke",
        "snow",
        "soup",
        "steam",
        "traffic",
        "water",
        "wine",
        "wood",
        "writing",
    };

    private static readonly HashSet<string> Plurals = new(StringComparer.Ordinal)
    {
        "children",
        "feet",
        "kids",
        "men",
        "mice",
        "people",
        "police",
        "skis",
        "teeth",
        "women",
    };

    /// <summary>The form of a noun of one word or more; the last word decides.</summary>
    public static NounForm Of(string noun)
    {
        string last = noun[(noun.LastIndexOf(' ') + 1)..];
        return Masses.Contains(last) && last.Length == noun.Length ? NounForm.Mass
            : Plurals.Contains(last) || (last.Length > 3 && last[^1] == 's' && last[^2] is not ('s' or 'u' or 'i')) ? NounForm.Plural
            : NounForm.Countable;
    }
}
