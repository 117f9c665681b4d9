using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Reporting.Tables;

/// <summary>Parts of the split and wordings of statements as people read them.</summary>
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

    public static string Of(StatementWordings wordings) => wordings.ToString().ToLowerInvariant();
}
