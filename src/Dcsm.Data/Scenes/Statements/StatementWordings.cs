namespace Dcsm.Data.Scenes.Statements;

/// <summary>Which ways of saying things statements are written in.</summary>
public enum StatementWordings
{
    /// <summary>Those that heads are trained on.</summary>
    Trained,

    /// <summary>Others, of which training never uses one: synonyms, longer forms, other openings.</summary>
    Other,
}
