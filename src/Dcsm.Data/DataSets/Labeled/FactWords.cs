using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Nouns and colors of a data set, in the order of their numbers.</summary>
internal sealed class FactWords(IReadOnlyList<string> nouns, IReadOnlyList<string> colors)
{
    public IReadOnlyList<StatementNoun> Nouns { get; } = [.. nouns.Select(noun => new StatementNoun(noun, NounForms.Of(noun)))];

    public IReadOnlyList<string> Colors { get; } = colors;

    /// <summary>What annotations say of what a statement says.</summary>
    public string Why(Statement statement, PictureFacts picture)
    {
        IEnumerable<string> parts = statement.Mentions.Select(mention => Why(mention, picture));
        if (statement.Relation is not null)
        {
            (int first, int second) = (statement.Mentions[0].Object, statement.Mentions[1].Object);
            if (picture.Relations.TryGetValue((first, second), out SpatialRelation found))
                parts = parts.Append($"{Nouns[first].Name} {Relation(found)} {Nouns[second].Name}");
        }

        return string.Join("; ", parts);
    }

    /// <summary>The boxes of what a statement names.</summary>
    public IReadOnlyList<LabeledBox> Boxes(Statement statement, PictureFacts picture) =>
        [
            .. statement
                .Mentions.Where(mention => picture.Nouns.TryGetValue(mention.Object, out NounFact? fact) && fact.Box is not null)
                .Select(mention => new LabeledBox(Nouns[mention.Object].Name, picture.Nouns[mention.Object].Box!.Value)),
        ];

    private string Why(Mention mention, PictureFacts picture)
    {
        string name = Nouns[mention.Object].Name;
        return !picture.Nouns.TryGetValue(mention.Object, out NounFact? fact) ? $"{name}: not annotated"
            : fact.Color != SceneColors.None && mention.Color != SceneColors.None ? $"{name}: {fact.Evidence}, {Colors[fact.Color]}"
            : $"{name}: {fact.Evidence}";
    }

    private static string Relation(SpatialRelation relation) =>
        relation switch
        {
            SpatialRelation.Above => "above",
            SpatialRelation.Below => "below",
            SpatialRelation.Left => "left of",
            _ => "right of",
        };
}
