using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>
/// Draws scenes with true and false statements about them. Each draw is a pure function of the part of the split, a seed and an index,
/// as those of <see cref="SceneSampler"/>.
/// </summary>
/// <remarks>
/// A false statement is a true one with one thing changed: an object, a color, a size, a relation, what is there and what is not. What is
/// put in its place is drawn as it is for true ones, so that a caption alone never tells whether it is true.
/// </remarks>
public sealed class StatementSampler
{
    private const ulong SceneStream = 0x57A7E;
    private const int Attempts = 40,
        MostKinds = 100,
        MostScenes = 200;
    private static readonly StatementKind[] AllKinds = Enum.GetValues<StatementKind>();
    private readonly ObjectLibrary _library;
    private readonly SceneSampler _sampler;
    private readonly StatementScenes _scenes;
    private readonly StatementWriter _writer;

    /// <summary>Prepares to draw.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="split">Which of them belong together.</param>
    /// <exception cref="ArgumentException">The split names an object that the library does not have.</exception>
    public StatementSampler(ObjectLibrary library, SceneSplit split)
    {
        _sampler = new SceneSampler(library, split);
        _library = library;
        _scenes = new StatementScenes(library, _sampler);
        _writer = new StatementWriter([.. library.Objects.Select(item => new StatementNoun(item.Name, item.Noun))], SceneColors.Names);
    }

    /// <summary>The objects.</summary>
    public ObjectLibrary Library => _library;

    /// <summary>The split that objects are drawn from.</summary>
    public SceneSplit Split => _sampler.Split;

    /// <summary>Whether a part has pairs of objects to draw from.</summary>
    public bool Has(SplitPart part) => _sampler.PairCount(part) > 0;

    /// <summary>
    /// Draws a scene with statements about it: of each kind that can be said of it, a true and a false one in each of the wordings.
    /// </summary>
    /// <param name="part">Where the objects come from.</param>
    /// <param name="seed">The seed of the stream.</param>
    /// <param name="index">The number of the scene in the stream.</param>
    public StatementScene Scene(SplitPart part, ulong seed, long index)
    {
        var random = new SceneRandom(seed, SceneStream + (ulong)part, (ulong)index);
        Scene scene = _scenes.Draw(part, ref random);
        var twins = new List<StatementTwin>();
        foreach (StatementKind kind in AllKinds)
        {
            if (Twin(kind, scene, part, ref random) is not var (right, wrong))
                continue;
            foreach (StatementWordings wordings in Enum.GetValues<StatementWordings>())
                twins.Add(new StatementTwin(wordings, Written(right, wordings, ref random), Written(wrong, wordings, ref random)));
        }

        return new StatementScene(scene, twins, Choices(scene, ref random));
    }

    /// <summary>
    /// Draws scenes to train on, together with the truth of each statement in each scene: families of a scene and others that differ from
    /// it in one respect, and of each scene as many true as false statements.
    /// </summary>
    /// <param name="part">Where the objects come from.</param>
    /// <param name="seed">The seed of the stream.</param>
    /// <param name="index">The number of the group in the stream.</param>
    /// <param name="families">How many scenes that have nothing to do with each other.</param>
    /// <param name="variants">How many scenes a family has.</param>
    /// <param name="twins">How many true statements each scene has, and as many false ones.</param>
    public StatementGroup Group(SplitPart part, ulong seed, long index, int families = 2, int variants = 4, int twins = 2)
    {
        var random = new SceneRandom(seed, SceneStream + 16 + (ulong)part, (ulong)index);
        var scenes = new List<Scene>();
        var written = new List<WrittenStatement>();
        var owners = new List<int>();
        for (int family = 0; family < families; family++)
        {
            Scene? root = null;
            for (int variant = 0; variant < variants; variant++)
            {
                Scene scene = root is null ? _scenes.Draw(part, ref random) : _scenes.Vary(root, part, ref random);
                List<WrittenStatement>? said = Say(scene, part, twins, ref random);
                // Of few objects, nothing may be left that could be said falsely of a scene.
                for (int attempt = 0; said is null; attempt++)
                {
                    if (attempt == MostScenes)
                        throw new InvalidOperationException($"Of the objects of {SceneNames.Of(part)} nothing true and false can be said.");
                    scene = _scenes.Draw(part, ref random);
                    said = Say(scene, part, twins, ref random);
                }

                root ??= scene;
                scenes.Add(scene);
                written.AddRange(said);
                owners.AddRange(Enumerable.Repeat(scenes.Count - 1, said.Count));
            }
        }

        bool?[,] truth = new bool?[scenes.Count, written.Count];
        for (int scene = 0; scene < scenes.Count; scene++)
        {
            for (int statement = 0; statement < written.Count; statement++)
                truth[scene, statement] = written[statement].Statement.IsTrueOf(scenes[scene], _library);
        }

        string[] empty = new string[families];
        for (int i = 0; i < empty.Length; i++)
            empty[i] = EmptyTalk.Write(ref random);
        return new StatementGroup(scenes, written, owners, truth, empty);
    }

    /// <summary>As many true as false statements of kinds drawn at random; null where there is too little to say.</summary>
    private List<WrittenStatement>? Say(Scene scene, SplitPart part, int twins, ref SceneRandom random)
    {
        var said = new List<WrittenStatement>();
        for (int attempt = 0; said.Count < 2 * twins; attempt++)
        {
            if (attempt == MostKinds)
                return null;
            if (Twin(AllKinds[random.NextInt(AllKinds.Length)], scene, part, ref random) is not var (right, wrong))
                continue;
            said.Add(Written(right, StatementWordings.Trained, ref random));
            said.Add(Written(wrong, StatementWordings.Trained, ref random));
        }

        return said;
    }

    private WrittenStatement Written(Statement statement, StatementWordings wordings, ref SceneRandom random) =>
        new(statement, _writer.Write(statement, wordings, ref random));

    /// <summary>A true and a false statement of a kind; null where the kind has nothing to say of the scene.</summary>
    private (Statement True, Statement False)? Twin(StatementKind kind, Scene scene, SplitPart part, ref SceneRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Propose(kind, scene, part, ref random) is not { } right || right.IsTrueOf(scene, _library) != true)
                continue;
            for (int change = 0; change < Attempts; change++)
            {
                if (Change(right, scene, part, ref random) is { } wrong && wrong.IsTrueOf(scene, _library) == false)
                    return (right, wrong);
            }
        }

        return null;
    }

    /// <summary>A statement that may be true.</summary>
    private Statement? Propose(StatementKind kind, Scene scene, SplitPart part, ref SceneRandom random)
    {
        PlacedObject[] objects = [.. scene.Objects];
        random.Shuffle<PlacedObject>(objects);
        Mention a = new(objects[0].Object);
        Mention? b = objects.Length > 1 ? new(objects[1].Object) : null;
        switch (kind)
        {
            case StatementKind.Name:
                return new(kind, [a]);
            case StatementKind.Pair:
                return b is null ? null
                    : objects.Length > 2 && random.NextBool(0.3) ? new(kind, [a, b, new Mention(objects[2].Object)])
                    : new(kind, [a, b]);
            case StatementKind.Color:
                a = Colored(a, objects[0]);
                return a.Color == SceneColors.None ? null
                    : b is null || random.NextBool(0.4) ? new(kind, [a])
                    : Colored(b, objects[1]) is { Color: not SceneColors.None } other ? new(kind, [a, other])
                    : null;
            case StatementKind.Size:
                a = Sized(a, objects[0]);
                return a.Size is null ? null
                    : b is null || random.NextBool(0.4) ? new(kind, [a])
                    : Sized(b, objects[1]) is { Size: not null } sized ? new(kind, [a, sized])
                    : null;
            case StatementKind.Spatial:
                return b is null ? null : new(kind, [a, b], (SpatialRelation)random.NextInt(4));
            case StatementKind.Negation:
                return Outside(scene, part, ref random) is not { } absent ? null
                    : random.NextBool(0.3) ? new(kind, [absent])
                    : new(kind, [a, absent]);
            default:
                return Combine(objects, Outside(scene, part, ref random), ref random);
        }
    }

    /// <summary>Several things at once: colors, sizes, a relation, an absence, three objects.</summary>
    private static Statement? Combine(PlacedObject[] objects, Mention? absent, ref SceneRandom random)
    {
        int count = Math.Min(objects.Length, random.NextBool(0.2) ? 3 : 2);
        var mentions = new List<Mention>();
        bool colors = random.NextBool(0.7),
            sizes = random.NextBool(0.3);
        for (int i = 0; i < count; i++)
        {
            Mention mention = new(objects[i].Object);
            if (colors && random.NextBool(0.85))
                mention = Colored(mention, objects[i]);
            if (sizes && random.NextBool(0.85))
                mention = Sized(mention, objects[i]);
            mentions.Add(mention);
        }

        SpatialRelation? relation = count > 1 && random.NextBool(0.6) ? (SpatialRelation)random.NextInt(4) : null;
        bool without = absent is not null && random.NextBool(0.3);
        int aspects =
            (mentions.Any(mention => mention.Color != SceneColors.None) ? 1 : 0)
            + (mentions.Any(mention => mention.Size is not null) ? 1 : 0)
            + (relation is null ? 0 : 1)
            + (without ? 1 : 0);
        if (aspects < 2)
            return null;
        if (without)
            mentions.Add(absent!);
        return new Statement(StatementKind.Combined, mentions, relation);
    }

    /// <summary>The statement with one thing changed; null where the change that was drawn does not apply.</summary>
    private Statement? Change(Statement statement, Scene scene, SplitPart part, ref SceneRandom random)
    {
        Mention[] mentions = [.. statement.Mentions];
        int at = random.NextInt(mentions.Length);
        Mention one = mentions[at];
        switch (random.NextInt(6))
        {
            case 0: // Another object instead, there or not.
                if (one.IsAbsent)
                {
                    int[] there = [.. scene.Objects.Select(o => o.Object).Where(o => mentions.All(other => other.Object != o))];
                    if (there.Length == 0)
                        return null;
                    mentions[at] = one with { Object = there[random.NextInt(there.Length)] };
                }
                else if (Outside(scene, part, ref random, mentions) is { } outside)
                {
                    mentions[at] = one with { Object = outside.Object };
                }
                else
                {
                    return null;
                }

                break;
            case 1 when one.Color != SceneColors.None: // Another color, often that of something else.
                PlacedObject some = scene.Objects[random.NextInt(scene.Objects.Count)];
                int color = random.NextBool() ? some.Color : random.NextInt(SceneColors.Count);
                if (color == SceneColors.None || mentions.Any(other => other.Color == color))
                    return null;
                mentions[at] = one with { Color = color };
                break;
            case 2: // Colors or sizes exchanged.
                int with = random.NextInt(mentions.Length);
                Mention two = mentions[with];
                bool colors = one.Color != SceneColors.None && two.Color != SceneColors.None && one.Color != two.Color;
                if (!colors && (one.Size is null || two.Size is null || one.Size == two.Size))
                    return null;
                (mentions[at], mentions[with]) = colors
                    ? (one with { Color = two.Color }, two with { Color = one.Color })
                    : (one with { Size = two.Size }, two with { Size = one.Size });
                break;
            case 3 when one.Size is { } size && mentions.Count(other => other.Size is not null) == 1:
                mentions[at] = one with { Size = size == ObjectSize.Small ? ObjectSize.Big : ObjectSize.Small };
                break;
            case 4 when statement.Relation is { } relation:
                // Mostly the other way round; now and then along the other axis.
                SpatialRelation changed = random.NextBool(0.7) ? relation ^ (SpatialRelation)1 : (SpatialRelation)random.NextInt(4);
                return changed == relation ? null : statement with { Relation = changed };
            case 5 when mentions.Any(mention => mention.IsAbsent): // What is there for what is not.
                int absent = Array.FindIndex(mentions, mention => mention.IsAbsent);
                if (one.IsAbsent && mentions.Length > 1)
                    return null;
                mentions[absent] = mentions[absent] with
                {
                    Object = one.IsAbsent ? scene.Objects[random.NextInt(scene.Objects.Count)].Object : one.Object,
                };
                if (!one.IsAbsent)
                    mentions[at] = one with { Object = statement.Mentions[absent].Object };
                break;
            default:
                return null;
        }

        return statement with
        {
            Mentions = mentions,
        };
    }

    /// <summary>
    /// "A red dog above a blue cat" and the three captions in which the colors, the relation, or both are exchanged, the true one first;
    /// empty where the scene has no two such objects.
    /// </summary>
    private List<WrittenStatement> Choices(Scene scene, ref SceneRandom random)
    {
        for (int attempt = 0; attempt < Attempts && scene.Objects.Count > 1; attempt++)
        {
            PlacedObject[] objects = [.. scene.Objects];
            random.Shuffle<PlacedObject>(objects);
            (Mention a, Mention b) = (Colored(new(objects[0].Object), objects[0]), Colored(new(objects[1].Object), objects[1]));
            var right = new Statement(StatementKind.Combined, [a, b], (SpatialRelation)random.NextInt(4));
            if (a.Color == SceneColors.None || b.Color == SceneColors.None || right.IsTrueOf(scene, _library) != true)
                continue;
            IReadOnlyList<Mention> swapped = [a with { Color = b.Color }, b with { Color = a.Color }];
            SpatialRelation reverse = right.Relation!.Value ^ (SpatialRelation)1;
            Statement[] all =
            [
                right,
                right with
                {
                    Mentions = swapped,
                },
                right with
                {
                    Relation = reverse,
                },
                right with
                {
                    Mentions = swapped,
                    Relation = reverse,
                },
            ];
            var written = new List<WrittenStatement>();
            foreach (Statement statement in all)
                written.Add(Written(statement, StatementWordings.Trained, ref random));
            return written;
        }

        return [];
    }

    private Mention? Outside(Scene scene, SplitPart part, ref SceneRandom random, IReadOnlyList<Mention>? mentions = null)
    {
        int[] known = [.. scene.Objects.Select(o => o.Object).Concat((mentions ?? []).Select(mention => mention.Object)).Distinct()];
        int item = _sampler.ChooseOther(ref random, known, part);
        return item < 0 ? null : new Mention(item, IsAbsent: true);
    }

    private static Mention Colored(Mention mention, PlacedObject placed) => mention with { Color = placed.Color };

    private static Mention Sized(Mention mention, PlacedObject placed) => mention with { Size = Statement.SizeOf(placed) };
}
