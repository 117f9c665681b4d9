using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Statements that may be true of annotated pictures, and changes that may make them false.</summary>
internal sealed class FactChanges(FactIndex index)
{
    /// <summary>A statement that may be true of a picture; null where the kind has nothing to say of it.</summary>
    public Statement? Propose(StatementKind kind, PictureFacts picture, ref SceneRandom random)
    {
        int[] named = picture.Named;
        if (named.Length == 0)
            return null;
        random.Shuffle<int>(named);
        Mention a = new(named[0]);
        switch (kind)
        {
            case StatementKind.Name:
                return new(kind, [a]);
            case StatementKind.Pair when named.Length > 1:
                int count = named.Length > 2 && random.NextBool(0.3) ? 3 : 2;
                return new(kind, [.. named.Take(count).Select(noun => new Mention(noun))]);
            case StatementKind.Color:
                Mention[] colored = [.. named.Select(noun => Colored(noun, picture)).Where(mention => mention.Color != SceneColors.None)];
                return colored.Length == 0 ? null
                    : colored.Length > 1 && random.NextBool(0.6) ? new(kind, [colored[0], colored[1]])
                    : new(kind, [colored[0]]);
            case StatementKind.Spatial:
                return Related(kind, picture, colors: false, ref random);
            case StatementKind.Negation:
                return random.NextBool(0.3) ? new(kind, [Outside(ref random)]) : new(kind, [a, Outside(ref random)]);
            case StatementKind.Combined:
                return Combine(picture, named, ref random);
            default:
                return null;
        }
    }

    /// <summary>
    /// The statement with one thing changed, and a picture that the changed one may be true of; null where the change that was drawn does
    /// not apply. What takes the place of a thing is drawn as often as pictures name it.
    /// </summary>
    public (Statement False, int? Hint)? Change(Statement statement, PictureFacts picture, ref SceneRandom random)
    {
        Mention[] mentions = [.. statement.Mentions];
        int at = random.NextInt(mentions.Length);
        Mention one = mentions[at];
        int? hint = null;
        switch (random.NextInt(5))
        {
            case 0:
                if (Replace(one, mentions, picture, ref random) is not var (noun, shown))
                    return null;
                (mentions[at], hint) = (one with { Object = noun }, shown);
                break;
            case 1 when one.Color != SceneColors.None:
                IReadOnlyList<(int Color, int Picture)> colors = index.ColorsOf(one.Object);
                (int color, hint) = colors[random.NextInt(colors.Count)];
                mentions[at] = one with { Color = color };
                break;
            case 2:
                int with = random.NextInt(mentions.Length);
                Mention two = mentions[with];
                if (one.Color == SceneColors.None || two.Color == SceneColors.None || one.Color == two.Color)
                    return null;
                (mentions[at], mentions[with]) = (one with { Color = two.Color }, two with { Color = one.Color });
                break;
            case 3 when statement.Relation is { } relation:
                return (statement with { Relation = relation ^ (SpatialRelation)1 }, null);
            case 4 when Array.FindIndex(mentions, mention => mention.IsAbsent) is >= 0 and var absent && absent != at:
                (mentions[at], mentions[absent]) = (
                    one with
                    {
                        Object = mentions[absent].Object,
                    },
                    mentions[absent] with
                    {
                        Object = one.Object,
                    }
                );
                break;
            default:
                return null;
        }

        return (statement with { Mentions = mentions }, hint);
    }

    /// <summary>Whether two statements differ only in the order of colors, or in left and right.</summary>
    public static bool HasSameWords(Statement right, Statement wrong) =>
        right.Relation == wrong.Relation
            ? right.Relation is not (SpatialRelation.Above or SpatialRelation.Below)
                && right.Mentions.Select(mention => mention.Object).SequenceEqual(wrong.Mentions.Select(mention => mention.Object))
                && right
                    .Mentions.Select(mention => mention.Color)
                    .Order()
                    .SequenceEqual(wrong.Mentions.Select(mention => mention.Color).Order())
            : right.Relation is SpatialRelation.Left or SpatialRelation.Right;

    /// <summary>A noun for that of a mention, and a picture that names it.</summary>
    private (int Noun, int? Picture)? Replace(Mention one, Mention[] mentions, PictureFacts picture, ref SceneRandom random)
    {
        if (one.IsAbsent)
        {
            int[] there = [.. picture.Named.Where(noun => mentions.All(other => other.Object != noun))];
            return there.Length == 0 ? null : (there[random.NextInt(there.Length)], null);
        }

        if (one.Color != SceneColors.None)
        {
            IReadOnlyList<(int Noun, int Picture)> colored = index.OfColor(one.Color);
            (int noun, int shown) = colored[random.NextInt(colored.Count)];
            return mentions.Any(other => other.Object == noun) ? null : (noun, shown);
        }

        // Where something else stays, what is seen with it.
        IReadOnlyList<int> others = mentions.FirstOrDefault(other => other != one && !other.IsAbsent) is { } kept
            ? index.Showing(kept.Object)
            : index.Naming;
        int from = others[random.NextInt(others.Count)];
        int[] named = index.Pictures[from].Named;
        int drawn = named[random.NextInt(named.Length)];
        return mentions.Any(other => other.Object == drawn) ? null : (drawn, from);
    }

    private Statement? Combine(PictureFacts picture, int[] named, ref SceneRandom random)
    {
        if (random.NextBool() && Related(StatementKind.Combined, picture, colors: true, ref random) is { } related)
        {
            bool isColored = related.Mentions.Any(mention => mention.Color != SceneColors.None);
            bool without = !isColored || random.NextBool(0.2);
            return without ? related with { Mentions = [.. related.Mentions, Outside(ref random)] } : related;
        }

        Mention[] colored = [.. named.Select(noun => Colored(noun, picture)).Where(mention => mention.Color != SceneColors.None)];
        return colored.Length > 0 ? new Statement(StatementKind.Combined, [colored[0], Outside(ref random)])
            : named.Length > 1 ? new Statement(StatementKind.Combined, [new(named[0]), new(named[1]), Outside(ref random)])
            : null;
    }

    private static Statement? Related(StatementKind kind, PictureFacts picture, bool colors, ref SceneRandom random)
    {
        if (picture.Relations.Count == 0)
            return null;
        ((int first, int second), SpatialRelation relation) = picture.Relations.ElementAt(random.NextInt(picture.Relations.Count));
        return new Statement(
            kind,
            [colors ? Colored(first, picture) : new Mention(first), colors ? Colored(second, picture) : new Mention(second)],
            relation
        );
    }

    private Mention Outside(ref SceneRandom random)
    {
        int[] named = index.Pictures[index.Naming[random.NextInt(index.Naming.Count)]].Named;
        return new Mention(named[random.NextInt(named.Length)], IsAbsent: true);
    }

    private static Mention Colored(int noun, PictureFacts picture) => new(noun, picture.Nouns[noun].Color);
}
