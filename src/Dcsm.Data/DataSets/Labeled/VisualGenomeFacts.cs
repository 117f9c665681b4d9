using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Gathers what Visual Genome's files say of pictures. What they do not say may still be there.</summary>
internal sealed class VisualGenomeFacts(VisualGenomeOptions options)
{
    private readonly SortedDictionary<string, Picture> _pictures = new(StringComparer.Ordinal);

    /// <summary>Adds an object, or what is known of it besides.</summary>
    public void AddObject(string picture, string path, string? name, string id, IEnumerable<string> colors, SceneBox? box)
    {
        if (!_pictures.TryGetValue(picture, out Picture? known))
            _pictures.Add(picture, known = new Picture(path));
        if (name is null)
            return;
        if (!known.Objects.TryGetValue(name, out Thing? thing))
            known.Objects.Add(name, thing = new Thing());
        thing.Ids.Add(id);
        thing.Colors.UnionWith(colors);
        thing.Box ??= box;
    }

    /// <summary>Adds a relation of two objects.</summary>
    public void AddRelation(string picture, string first, int relation, string second) =>
        _pictures[picture].Relations.Add((first, (SpatialRelation)relation, second));

    /// <summary>Everything, in numbers.</summary>
    public (PictureFacts[] Pictures, FactWords Words) Build()
    {
        string[] names = [.. _pictures.Values.SelectMany(picture => picture.Objects.Keys).Distinct().Order(StringComparer.Ordinal)];
        string[] colors = [.. options.Attributes.Where(color => color != "grey")];
        var numbers = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var pictures = new List<PictureFacts>();
        foreach ((string name, Picture picture) in _pictures)
        {
            var facts = new PictureFacts(name, picture.Path, IsComplete: false);
            foreach ((string noun, Thing thing) in picture.Objects)
            {
                bool isSingle = thing.Ids.Count == 1;
                int color = isSingle && thing.Colors.Count == 1 ? Array.IndexOf(colors, thing.Colors.Single()) : SceneColors.None;
                facts.Nouns.Add(numbers[noun], new NounFact(isSingle, thing.Box, color, isSingle ? "annotated" : "several"));
            }

            foreach ((string first, SpatialRelation relation, string second) in picture.Relations)
            {
                if (picture.Objects[first].Ids.Count == 1 && picture.Objects[second].Ids.Count == 1)
                    facts.Relate(numbers[first], relation, numbers[second]);
            }

            pictures.Add(facts);
        }

        return ([.. pictures], new FactWords(names, colors));
    }

    private sealed record Picture(string Path)
    {
        public SortedDictionary<string, Thing> Objects { get; } = new(StringComparer.Ordinal);

        public List<(string First, SpatialRelation Relation, string Second)> Relations { get; } = [];
    }

    private sealed record Thing
    {
        public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Colors { get; } = new(StringComparer.Ordinal);

        public SceneBox? Box { get; set; }
    }
}
