using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.IO.Digests;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>
/// True and false statements of annotated pictures. A false statement is a true one with one thing changed; where there is one, a partner
/// joins the group: a picture of which the false one is true and the true one false.
/// </summary>
/// <remarks>
/// Of each statement the truth is told of as many pictures that it is true of as of others, so that nothing in its words tells anything,
/// however often things occur. Without a partner only statements of the same words are made: two colors exchanged, or left for right;
/// they are told of their own picture alone.
/// </remarks>
internal sealed class FactStatements : LabeledPart
{
    private const int PicturesOfGroup = 4,
        Twins = 4,
        Attempts = 16;
    private const ulong GroupStream = 0xFAC7;
    private static readonly StatementKind[] AllKinds =
    [
        StatementKind.Name,
        StatementKind.Pair,
        StatementKind.Color,
        StatementKind.Spatial,
        StatementKind.Negation,
        StatementKind.Combined,
    ];
    private readonly FactIndex _index;
    private readonly FactChanges _changes;
    private readonly StatementWriter _writer;
    private readonly FactWords _words;
    private readonly ulong _seed;
    private readonly int[] _groups;

    /// <summary>Counts what can be said.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="words">Nouns and colors.</param>
    /// <param name="seed">Seed of all choices.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    public FactStatements(PictureFacts[] pictures, FactWords words, ulong seed, CancellationToken cancellationToken)
    {
        _index = new FactIndex(pictures);
        _changes = new FactChanges(_index);
        _writer = new StatementWriter(words.Nouns, words.Colors);
        (_words, _seed) = (words, seed);
        var said = new (int[] Kinds, ulong Hash)[pictures.Length];
        Parallel.For(
            0,
            pictures.Length,
            new ParallelOptions { CancellationToken = cancellationToken },
            i =>
            {
                LabeledGroup group = Make(i);
                said[i] = (
                    [.. AllKinds.Select(kind => group.Captions.Count(caption => caption.Kind == SceneNames.Of(kind)))],
                    StableHash.Of(0, [.. group.Pictures.Select(picture => picture.Name), .. group.Captions.Select(caption => caption.Text)])
                );
            }
        );
        _groups = [.. Enumerable.Range(0, pictures.Length).Where(i => said[i].Kinds.Sum() > 0)];
        Kinds = AllKinds
            .Select((kind, k) => (Name: SceneNames.Of(kind), Count: said.Sum(picture => picture.Kinds[k])))
            .Where(kind => kind.Count > 0)
            .ToDictionary(kind => kind.Name, kind => kind.Count);
        using var digest = new Sha256Digest();
        foreach (int i in _groups)
            digest.Append(said[i].Hash.ToString("x16", CultureInfo.InvariantCulture));
        Fingerprint = digest.Finish();
    }

    public override int Count => _groups.Length;

    public override IReadOnlyDictionary<string, int> Kinds { get; }

    internal override string Fingerprint { get; }

    public override LabeledGroup Group(int index) => Make(_groups[index]);

    private LabeledGroup Make(int picture)
    {
        var random = new SceneRandom(_seed, GroupStream, StableHash.Of(_seed, _index.Pictures[picture].Name));
        List<int> members = [picture];
        var statements = new List<(Statement Statement, string Text, int? Partner)>();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        StatementKind[] kinds = [.. AllKinds];
        random.Shuffle<StatementKind>(kinds);
        // Each kind once before any comes again.
        for (int turn = 0; turn < 2 * kinds.Length && statements.Count < 2 * Twins; turn++)
        {
            if (Twin(kinds[turn % kinds.Length], picture, members, ref random) is not var (right, wrong, partner))
                continue;
            string trueText = _writer.Write(right, StatementWordings.Trained, ref random),
                falseText = _writer.Write(wrong, StatementWordings.Trained, ref random);
            if (texts.Contains(trueText) || texts.Contains(falseText) || trueText == falseText)
                continue;
            texts.UnionWith([trueText, falseText]);
            if (partner is { } joined && !members.Contains(joined))
                members.Add(joined);
            int? place = partner is { } known ? members.IndexOf(known) : null;
            statements.Add((right, trueText, place));
            statements.Add((wrong, falseText, place));
        }

        PictureFacts[] facts = [.. members.Select(member => _index.Pictures[member])];
        bool?[,] truth = new bool?[facts.Length, statements.Count];
        for (int i = 0; i < statements.Count; i++)
            Tell(statements[i].Statement, statements[i].Partner, facts, i, truth, ref random);
        return new LabeledGroup(
            [.. facts.Select(fact => (fact.Name, fact.Path))],
            [
                .. statements.Select(said => new LabeledCaption(
                    said.Text,
                    SceneNames.Of(said.Statement.Kind),
                    0,
                    _words.Why(said.Statement, facts[0]),
                    _words.Boxes(said.Statement, facts[0])
                )),
            ],
            truth,
            [EmptyTalk.Write(ref random)]
        );
    }

    /// <summary>The truth of a statement: of its own picture, of the partner, and of as many others as are true as are false.</summary>
    private static void Tell(Statement statement, int? partner, PictureFacts[] facts, int column, bool?[,] truth, ref SceneRandom random)
    {
        bool own = facts[0].IsTrue(statement)!.Value;
        truth[0, column] = own;
        if (partner is not { } other)
            return;
        truth[other, column] = !own;
        int[] rest = [.. Enumerable.Range(1, facts.Length - 1).Where(i => i != other)];
        random.Shuffle<int>(rest);
        int[] right = [.. rest.Where(i => facts[i].IsTrue(statement) == true)],
            wrong = [.. rest.Where(i => facts[i].IsTrue(statement) == false)];
        for (int i = 0; i < Math.Min(right.Length, wrong.Length); i++)
            (truth[right[i], column], truth[wrong[i], column]) = (true, false);
    }

    /// <summary>A true and a false statement of a picture, and a partner; null where the kind has nothing to say of it.</summary>
    private (Statement True, Statement False, int? Partner)? Twin(
        StatementKind kind,
        int picture,
        List<int> members,
        ref SceneRandom random
    )
    {
        PictureFacts facts = _index.Pictures[picture];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (_changes.Propose(kind, facts, ref random) is not { } right)
                return null;
            if (facts.IsTrue(right) != true)
                continue;
            if (_changes.Change(right, facts, ref random) is not var (wrong, hint) || facts.IsTrue(wrong) != false)
                continue;
            int? partner = Partner(right, wrong, picture, members, hint, ref random);
            if (partner is not null || FactChanges.HasSameWords(right, wrong))
                return (right, wrong, partner);
        }

        return null;
    }

    private int? Partner(Statement right, Statement wrong, int picture, List<int> members, int? hint, ref SceneRandom random)
    {
        foreach (int member in members)
        {
            if (Fits(member))
                return member;
        }

        if (members.Count == PicturesOfGroup)
            return null;
        if (hint is { } first && Fits(first))
            return first;
        IReadOnlyList<int> candidates = _index.Showing(wrong);
        for (int attempt = 0; attempt < Attempts && candidates.Count > 0; attempt++)
        {
            int candidate = candidates[random.NextInt(candidates.Count)];
            if (Fits(candidate))
                return candidate;
        }

        return null;

        bool Fits(int other) =>
            other != picture && _index.Pictures[other].IsTrue(wrong) == true && _index.Pictures[other].IsTrue(right) == false;
    }
}
