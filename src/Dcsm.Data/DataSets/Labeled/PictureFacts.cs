using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>What annotations say of a picture; nouns and colors are numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where it is.</param>
/// <param name="IsComplete">Whether what is not annotated is not there.</param>
internal sealed record PictureFacts(string Name, string Path, bool IsComplete)
{
    /// <summary>What is there, by noun.</summary>
    public SortedDictionary<int, NounFact> Nouns { get; } = [];

    /// <summary>What is not annotated and may yet be there.</summary>
    public HashSet<int> Unsure { get; } = [];

    /// <summary>How two things stand that are the only ones of their names, either of them first.</summary>
    public SortedDictionary<(int First, int Second), SpatialRelation> Relations { get; } = [];

    /// <summary>The nouns that captions may name.</summary>
    public int[] Named => [.. Nouns.Where(noun => noun.Value.IsNamed).Select(noun => noun.Key)];

    /// <summary>Adds a relation, from either side.</summary>
    public void Relate(int first, SpatialRelation relation, int second)
    {
        Relations[(first, second)] = relation;
        Relations[(second, first)] = relation ^ (SpatialRelation)1;
    }

    /// <summary>Whether a thing is there; null where that is not known.</summary>
    public bool? Shows(int noun) =>
        Nouns.ContainsKey(noun) ? true
        : IsComplete && !Unsure.Contains(noun) ? false
        : null;

    /// <summary>Whether a statement is true of the picture; null where the annotations do not tell.</summary>
    public bool? IsTrue(Statement statement)
    {
        bool? all = true;
        foreach (Mention mention in statement.Mentions)
            all = Statement.And(all, IsTrue(mention));
        if (statement.Relation is not { } relation || all == false)
            return all;
        bool? holds =
            !Relations.TryGetValue((statement.Mentions[0].Object, statement.Mentions[1].Object), out SpatialRelation found) ? null
            : found == relation ? true
            // What stands to the left may be a little higher, too.
            : found == (relation ^ (SpatialRelation)1) ? false
            : null;
        return Statement.And(all, holds);
    }

    private bool? IsTrue(Mention mention)
    {
        bool? there = Shows(mention.Object);
        if (mention.IsAbsent)
            return !there;
        return there != true || mention.Color == SceneColors.None ? there
            : Nouns[mention.Object].Color is not SceneColors.None and var color ? color == mention.Color
            : null;
    }
}
