using System.Numerics.Tensors;

namespace Dcsm.Evaluation.Geometry;

/// <summary>
/// The cases of the conditions that an ideal CLIP would meet (Kang et al. 2025, conditions 1 to 4). What has no vector is left out.
/// </summary>
internal sealed class GeometryCases(GeometryEmbeddings all)
{
    private const double NotTheSame = 1 - GeometryResult.Epsilon;

    private readonly string[] _concepts = [.. all.Concepts];

    public IReadOnlyList<GeometryCondition> Conditions() =>
        [
            new("1a", "i(x)·t(x) > i(x)·t(y): a picture is nearer to its concept's text", [.. NameAgainstOther()]),
            new(
                "1b",
                "i(x,y)·t(x) > i(x,y)·t(z): a picture of two is nearer to the text of either than to a third",
                [.. PairAgainstOther()]
            ),
            new("1c", "i(x_a)·i(x_b) > i(x)·i(y): an attribute changes less than another concept does", [.. AttributeAgainstConcept()]),
            new("1d", "i(x at 1)·i(x at 2) > i(x)·i(y): a place changes less than another concept does", [.. PlaceAgainstConcept()]),
            new("2a", "1 − ε > i(x_a)·i(x_b): another attribute is another picture", [.. AttributesDiffer()]),
            new("2b", "i(x_a)·t(a) > i(x_b)·t(a): an attribute's text is nearer to the picture that has it", [.. AttributeNamed()]),
            new("2c", "1 − ε > i(x_a,y_b)·i(x_b,y_a): exchanged attributes are another picture", [.. Bindings()]),
            new("3a", "1 − ε > i(x at 1)·i(x at 2): another place is another picture", [.. PlacesDiffer()]),
            new("3b", "1 − ε > i(x g y)·i(x h y): another relation is another picture", [.. RelationsDiffer()]),
            new("3c", "i(x g y)·i(x g z) > i(x g y)·i(x h z): the same relation brings pictures nearer", [.. RelationShared()]),
            new("4a", "t(y)·t(¬x) > t(x)·t(¬x): what is not x is nearer to others than to x", [.. NotNearOthers()]),
            new("4b", "i(x)·t(y) > i(x)·t(¬x): a picture of x is nearer to anything than to not x", [.. PictureAgainstNot()]),
            new("4c", "t(¬x)·t(¬y) > t(x)·t(y): negations have more in common than what they negate", [.. NotsAlike()]),
        ];

    /// <summary>The cosine of i(x, y) with i(x) + i(y).</summary>
    public IEnumerable<double> Superposition()
    {
        foreach ((int x, int y) in Ordered())
        {
            if (Pair(x, y) is not { } both || One(x) is not { } first || One(y) is not { } second)
                continue;
            double[] sum = new double[first.Length];
            TensorPrimitives.Add<double>(first, second, sum);
            yield return Dot(both, sum) / Math.Sqrt(Dot(sum, sum));
        }
    }

    /// <summary>i(x_a) out of i(x) and t(a), by the normal equations.</summary>
    public IEnumerable<AttributeFit> AttributeFits()
    {
        foreach (int x in Indices())
        {
            foreach (string attribute in all.Attributes)
            {
                if (With(x, attribute) is not { } target || One(x) is not { } picture || all.Find(attribute) is not { } text)
                    continue;
                double pp = Dot(picture, picture),
                    pt = Dot(picture, text),
                    tt = Dot(text, text),
                    bp = Dot(target, picture),
                    bt = Dot(target, text);
                double determinant = (pp * tt) - (pt * pt);
                if (!(determinant > 1e-12))
                    continue;
                double first = ((bp * tt) - (bt * pt)) / determinant,
                    second = ((bt * pp) - (bp * pt)) / determinant;
                double rest = target.Select((value, i) => value - (first * picture[i]) - (second * text[i])).Sum(value => value * value);
                yield return new AttributeFit(_concepts[x], attribute, first, second, Math.Sqrt(rest));
            }
        }
    }

    private IEnumerable<GeometryCase> NameAgainstOther() =>
        Ordered()
            .SelectMany(p =>
                Case(p.X, Cosine(One(p.X), Text(p.X)), Cosine(One(p.X), Text(p.Y)), $"{_concepts[p.X]}, not {_concepts[p.Y]}", P(p.X))
            );

    private IEnumerable<GeometryCase> PairAgainstOther() =>
        Ordered()
            .SelectMany(p =>
                Indices()
                    .Where(z => z != p.X && z != p.Y)
                    .SelectMany(z =>
                        Case(
                            p.X,
                            Cosine(Pair(p.X, p.Y), Text(p.X)),
                            Cosine(Pair(p.X, p.Y), Text(z)),
                            $"{_concepts[p.X]} and {_concepts[p.Y]}, not {_concepts[z]}",
                            new GeometryPicture(_concepts[p.X], Y: _concepts[p.Y])
                        )
                    )
            );

    private IEnumerable<GeometryCase> AttributeAgainstConcept() =>
        Indices()
            .SelectMany(x =>
                TwoOf(all.Attributes)
                    .SelectMany(ab =>
                        Others(x)
                            .SelectMany(y =>
                                Case(
                                    x,
                                    Cosine(With(x, ab.A), With(x, ab.B)),
                                    Cosine(One(x), One(y)),
                                    $"{ab.A} and {ab.B} {_concepts[x]}, against {_concepts[y]}",
                                    new GeometryPicture(_concepts[x], ab.A),
                                    new GeometryPicture(_concepts[x], ab.B),
                                    P(y)
                                )
                            )
                    )
            );

    private IEnumerable<GeometryCase> PlaceAgainstConcept() =>
        Ordered()
            .SelectMany(p =>
                TwoOf(all.Places)
                    .SelectMany(ab =>
                        Case(
                            p.X,
                            Cosine(At(p.X, ab.A), At(p.X, ab.B)),
                            Cosine(One(p.X), One(p.Y)),
                            $"{_concepts[p.X]} at {ab.A} and {ab.B}, against {_concepts[p.Y]}",
                            new GeometryPicture(_concepts[p.X], Place: ab.A),
                            new GeometryPicture(_concepts[p.X], Place: ab.B),
                            P(p.Y)
                        )
                    )
            );

    private IEnumerable<GeometryCase> AttributesDiffer() =>
        Indices()
            .SelectMany(x =>
                TwoOf(all.Attributes)
                    .SelectMany(ab =>
                        Case(
                            x,
                            NotTheSame,
                            Cosine(With(x, ab.A), With(x, ab.B)),
                            $"{ab.A} and {ab.B} {_concepts[x]}",
                            new GeometryPicture(_concepts[x], ab.A),
                            new GeometryPicture(_concepts[x], ab.B)
                        )
                    )
            );

    private IEnumerable<GeometryCase> AttributeNamed() =>
        Indices()
            .SelectMany(x =>
                all.Attributes.SelectMany(a =>
                    all.Attributes.Where(b => b != a)
                        .SelectMany(b =>
                            Case(
                                x,
                                Cosine(With(x, a), all.Find(a)),
                                Cosine(With(x, b), all.Find(a)),
                                $"'{a}' with a {a} and a {b} {_concepts[x]}",
                                new GeometryPicture(_concepts[x], a),
                                new GeometryPicture(_concepts[x], b)
                            )
                        )
                )
            );

    private IEnumerable<GeometryCase> Bindings() =>
        Ordered()
            .Where(p => p.X < p.Y)
            .SelectMany(p =>
                TwoOf(all.Attributes)
                    .SelectMany(ab =>
                        Case(
                            p.X,
                            NotTheSame,
                            Cosine(Bound(p.X, ab.A, p.Y, ab.B), Bound(p.Y, ab.A, p.X, ab.B)),
                            $"{ab.A} {_concepts[p.X]} and {ab.B} {_concepts[p.Y]}, exchanged",
                            new GeometryPicture(_concepts[p.X], ab.A, Y: _concepts[p.Y], AttributeOfY: ab.B),
                            new GeometryPicture(_concepts[p.Y], ab.A, Y: _concepts[p.X], AttributeOfY: ab.B)
                        )
                    )
            );

    private IEnumerable<GeometryCase> PlacesDiffer() =>
        Indices()
            .SelectMany(x =>
                TwoOf(all.Places)
                    .SelectMany(ab =>
                        Case(
                            x,
                            NotTheSame,
                            Cosine(At(x, ab.A), At(x, ab.B)),
                            $"{_concepts[x]} at {ab.A} and {ab.B}",
                            new GeometryPicture(_concepts[x], Place: ab.A),
                            new GeometryPicture(_concepts[x], Place: ab.B)
                        )
                    )
            );

    private IEnumerable<GeometryCase> RelationsDiffer() =>
        Ordered()
            .SelectMany(p =>
                TwoOf(all.Relations)
                    .SelectMany(gh =>
                        Case(
                            p.X,
                            NotTheSame,
                            Cosine(Related(p.X, gh.A, p.Y), Related(p.X, gh.B, p.Y)),
                            $"{_concepts[p.X]} {gh.A} and {gh.B} {_concepts[p.Y]}",
                            new GeometryPicture(_concepts[p.X], Y: _concepts[p.Y], Relation: gh.A),
                            new GeometryPicture(_concepts[p.X], Y: _concepts[p.Y], Relation: gh.B)
                        )
                    )
            );

    private IEnumerable<GeometryCase> RelationShared() =>
        Ordered()
            .SelectMany(p =>
                Indices()
                    .Where(z => z != p.X && z != p.Y)
                    .SelectMany(z =>
                        TwoOf(all.Relations)
                            .SelectMany(gh =>
                                Case(
                                    p.X,
                                    Cosine(Related(p.X, gh.A, p.Y), Related(p.X, gh.A, z)),
                                    Cosine(Related(p.X, gh.A, p.Y), Related(p.X, gh.B, z)),
                                    $"{_concepts[p.X]} {gh.A} {_concepts[p.Y]}, with {gh.A} and {gh.B} {_concepts[z]}",
                                    new GeometryPicture(_concepts[p.X], Y: _concepts[p.Y], Relation: gh.A),
                                    new GeometryPicture(_concepts[p.X], Y: _concepts[z], Relation: gh.A),
                                    new GeometryPicture(_concepts[p.X], Y: _concepts[z], Relation: gh.B)
                                )
                            )
                    )
            );

    private IEnumerable<GeometryCase> NotNearOthers() =>
        Ordered()
            .SelectMany(p =>
                Case(p.X, Cosine(Text(p.Y), Not(p.X)), Cosine(Text(p.X), Not(p.X)), $"not {_concepts[p.X]}, {_concepts[p.Y]}")
            );

    private IEnumerable<GeometryCase> PictureAgainstNot() =>
        Ordered()
            .SelectMany(p =>
                Case(p.X, Cosine(One(p.X), Text(p.Y)), Cosine(One(p.X), Not(p.X)), $"{_concepts[p.X]}: '{_concepts[p.Y]}', 'not'", P(p.X))
            );

    private IEnumerable<GeometryCase> NotsAlike() =>
        Ordered()
            .Where(p => p.X < p.Y)
            .SelectMany(p => Case(p.X, Cosine(Not(p.X), Not(p.Y)), Cosine(Text(p.X), Text(p.Y)), $"{_concepts[p.X]}, {_concepts[p.Y]}"));

    private static IEnumerable<GeometryCase> Case(
        int concept,
        double? left,
        double? right,
        string words,
        params GeometryPicture[] pictures
    ) => left is { } l && right is { } r ? [new GeometryCase(l, r, concept, words, pictures)] : [];

    private IEnumerable<int> Indices() => Enumerable.Range(0, _concepts.Length);

    private IEnumerable<int> Others(int x) => Indices().Where(y => y != x);

    private IEnumerable<(int X, int Y)> Ordered() => Indices().SelectMany(x => Others(x).Select(y => (x, y)));

    private static IEnumerable<(string A, string B)> TwoOf(IReadOnlyList<string> names) =>
        names.SelectMany((a, i) => names.Skip(i + 1).Select(b => (a, b)));

    private GeometryPicture P(int x) => new(_concepts[x]);

    private double[]? One(int x) => all.Find(P(x));

    private double[]? With(int x, string attribute) => all.Find(new GeometryPicture(_concepts[x], attribute));

    private double[]? At(int x, string place) => all.Find(new GeometryPicture(_concepts[x], Place: place));

    private double[]? Pair(int x, int y) => all.Find(new GeometryPicture(_concepts[x], Y: _concepts[y]));

    private double[]? Bound(int x, string a, int y, string b) =>
        all.Find(new GeometryPicture(_concepts[x], a, Y: _concepts[y], AttributeOfY: b));

    private double[]? Related(int x, string relation, int y) =>
        all.Find(new GeometryPicture(_concepts[x], Y: _concepts[y], Relation: relation));

    private double[]? Text(int x) => all.Find(_concepts[x]);

    private double[]? Not(int x) => all.Find(GeometryEmbeddings.Not(_concepts[x]));

    private static double? Cosine(double[]? a, double[]? b) => a is null || b is null ? null : Dot(a, b);

    private static double Dot(double[] a, double[] b) => TensorPrimitives.Dot<double>(a, b);
}
