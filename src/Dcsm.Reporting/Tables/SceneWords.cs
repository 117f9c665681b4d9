using Dcsm.Data.Scenes;

namespace Dcsm.Reporting.Tables;

/// <summary>Parts of the split as people read them.</summary>
internal static class SceneWords
{
    public static string Of(SplitPart part) =>
        part switch
        {
            SplitPart.Train => "training pairs",
            SplitPart.UnseenPairs => "unseen pairs",
            SplitPart.UnseenObjects => "unseen objects",
            _ => part.ToString(),
        };
}
