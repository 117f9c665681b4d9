using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Which pictures show what. Things occur in its lists as often as pictures name them.</summary>
internal sealed class FactIndex
{
    private readonly Dictionary<int, List<int>> _showing = [];
    private readonly Dictionary<(int Noun, int Color), List<int>> _colored = [];
    private readonly Dictionary<int, List<(int Color, int Picture)>> _colorsOf = [];
    private readonly Dictionary<int, List<(int Noun, int Picture)>> _ofColor = [];
    private readonly Dictionary<(int First, SpatialRelation Relation, int Second), List<int>> _related = [];
    private readonly List<int> _naming = [];

    public FactIndex(IReadOnlyList<PictureFacts> pictures)
    {
        Pictures = pictures;
        for (int i = 0; i < pictures.Count; i++)
        {
            foreach (int noun in pictures[i].Named)
            {
                Add(_showing, noun, i);
                if (pictures[i].Nouns[noun].Color is not SceneColors.None and var color)
                {
                    Add(_colored, (noun, color), i);
                    Add(_colorsOf, noun, (color, i));
                    Add(_ofColor, color, (noun, i));
                }
            }

            foreach (((int first, int second), SpatialRelation relation) in pictures[i].Relations)
                Add(_related, (first, relation, second), i);
            if (pictures[i].Named.Length > 0)
                _naming.Add(i);
        }
    }

    public IReadOnlyList<PictureFacts> Pictures { get; }

    /// <summary>Pictures that name something.</summary>
    public IReadOnlyList<int> Naming => _naming;

    /// <summary>Pictures that name a thing.</summary>
    public IReadOnlyList<int> Showing(int noun) => _showing.GetValueOrDefault(noun) ?? [];

    /// <summary>The colors of a thing, with the pictures.</summary>
    public IReadOnlyList<(int Color, int Picture)> ColorsOf(int noun) => _colorsOf.GetValueOrDefault(noun) ?? [];

    /// <summary>The things of a color, with the pictures.</summary>
    public IReadOnlyList<(int Noun, int Picture)> OfColor(int color) => _ofColor.GetValueOrDefault(color) ?? [];

    /// <summary>Pictures that a statement may be true of: those of its rarest part.</summary>
    public IReadOnlyList<int> Showing(Statement statement)
    {
        IReadOnlyList<int> rarest = _naming;
        foreach (Mention mention in statement.Mentions.Where(mention => !mention.IsAbsent))
        {
            IReadOnlyList<int> own =
                mention.Color == SceneColors.None
                    ? Showing(mention.Object)
                    : _colored.GetValueOrDefault((mention.Object, mention.Color)) ?? [];
            if (own.Count < rarest.Count)
                rarest = own;
        }

        if (statement.Relation is { } relation)
        {
            List<int> own = _related.GetValueOrDefault((statement.Mentions[0].Object, relation, statement.Mentions[1].Object)) ?? [];
            if (own.Count < rarest.Count)
                rarest = own;
        }

        return rarest;
    }

    private static void Add<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key, TItem item)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out List<TItem>? list))
            lists.Add(key, list = []);
        list.Add(item);
    }
}
