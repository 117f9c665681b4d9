using System.Globalization;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>What COCO's categories, boxes and captions say of pictures.</summary>
internal sealed class CocoFacts
{
    private readonly CocoOptions _options;
    private readonly ColorWords _colors;
    private readonly string[] _names;
    private readonly Dictionary<string, int> _numbers;

    public CocoFacts(IEnumerable<CocoPicture> pictures, CocoOptions options)
    {
        (_options, _colors) = (options, new ColorWords(options.Colors));
        _names = [.. pictures.SelectMany(picture => picture.Boxes.Keys.Concat(picture.Crowds)).Distinct().Order(StringComparer.Ordinal)];
        _numbers = _names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        Words = new FactWords(_names, [.. options.Colors.Where(color => color != "grey")]);
    }

    public FactWords Words { get; }

    /// <summary>All categories are annotated, so what is not is not there; but for what captions speak of.</summary>
    public PictureFacts Of(CocoPicture picture, ImageLocator images)
    {
        var facts = new PictureFacts(picture.Name, images.Locate(picture.Name, picture.Place)!, IsComplete: true);
        string[][] captions = [.. picture.Captions.Select(ColorWords.Words)];
        List<(string Category, SceneBox Box)> single = picture.Single(_options);
        foreach ((string category, int number) in _numbers)
        {
            if (picture.Boxes.TryGetValue(category, out List<SceneBox>? boxes))
            {
                SceneBox[] clear = [.. boxes.Where(box => picture.IsClear(box, _options)).OrderByDescending(box => box.Width * box.Height)];
                string? color = single.Any(one => one.Category == category) ? _colors.Of(captions, category) : null;
                string evidence = string.Create(CultureInfo.InvariantCulture, $"{boxes.Count} {(boxes.Count == 1 ? "box" : "boxes")}");
                facts.Nouns.Add(number, new NounFact(clear.Length > 0, clear.Length > 0 ? clear[0] : null, ColorOf(color), evidence));
            }
            else if (picture.Crowds.Contains(category))
            {
                facts.Nouns.Add(number, new NounFact(IsNamed: false, null, SceneColors.None, "a crowd"));
            }
            else if (ColorWords.Mentions(captions, category))
            {
                facts.Unsure.Add(number);
            }
        }

        for (int i = 0; i < single.Count; i++)
        {
            for (int j = i + 1; j < single.Count; j++)
            {
                if (picture.Relation(single[i], single[j], _options).Relation is >= 0 and var relation)
                    facts.Relate(_numbers[single[i].Category], (SpatialRelation)relation, _numbers[single[j].Category]);
            }
        }

        return facts;
    }

    private int ColorOf(string? color)
    {
        for (int i = 0; i < Words.Colors.Count; i++)
        {
            if (Words.Colors[i] == color)
                return i;
        }

        return SceneColors.None;
    }
}
