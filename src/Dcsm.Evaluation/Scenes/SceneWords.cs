using Dcsm.Data.Scenes;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Kinds and parts as people read them.</summary>
internal static class SceneWords
{
    public static string Of(SceneKind kind) => kind == SceneKind.Color ? "color" : SceneNames.Of(kind);

    public static string Of(SplitPart part) =>
        part switch
        {
            SplitPart.Train => "training pairs",
            SplitPart.UnseenPairs => "unseen pairs",
            SplitPart.UnseenObjects => "unseen objects",
            _ => part.ToString(),
        };
}
