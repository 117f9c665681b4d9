namespace Dcsm.Evaluation.Geometry;

/// <summary>
/// A case of a condition that a score of picture and caption can be asked: satisfied where the left pair scores above the right one.
/// </summary>
/// <param name="Id">The condition, as <see cref="GeometryCondition.Id"/>; with ′ where it is asked in another way than of vectors.</param>
/// <param name="Concept">The place of the concept x, by which cases are clustered.</param>
/// <param name="Left">The pair that should score higher.</param>
/// <param name="Right">The other.</param>
public sealed record GeometryQuestion(
    string Id,
    int Concept,
    (GeometryPicture Picture, string Caption) Left,
    (GeometryPicture Picture, string Caption) Right
)
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["1a"] = "s(x, 'x') > s(x, 'y'): a picture scores higher with its concept's text",
        ["1b"] = "s(x,y; 'x') > s(x,y; 'z'): a picture of two scores higher with the text of either than with a third",
        ["2b"] = "s(x_a, 'a') > s(x_b, 'a'): an attribute's text scores higher with the picture that has it",
        ["2c′"] = "s(x_a,y_b; 'a x and b y') > s(x_a,y_b; 'b x and a y'): exchanged attributes are another caption",
        ["3b′"] = "s(x g y, 'x g y') > s(x g y, 'x h y'): another relation is another caption",
        ["4b"] = "s(x, 'y') > s(x, 'not x'): a picture of x scores higher with anything than with not x",
    };

    /// <summary>Every question that the pictures allow.</summary>
    /// <param name="pictures">The pictures that there are.</param>
    /// <param name="text">The text of what is put in its place: "apple", "red apple and a blue car".</param>
    /// <param name="not">The text of a concept's absence.</param>
    /// <param name="attribute">The text of an attribute.</param>
    public static IReadOnlyList<GeometryQuestion> All(
        IReadOnlyCollection<GeometryPicture> pictures,
        Func<string, string> text,
        Func<string, string> not,
        Func<string, string> attribute
    )
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var there = pictures.ToHashSet();
        string[] concepts = [.. pictures.SelectMany(picture => new[] { picture.X, picture.Y }).OfType<string>().Distinct()],
            attributes = [.. pictures.Select(picture => picture.Attribute).OfType<string>().Distinct()],
            relations = [.. pictures.Select(picture => picture.Relation).OfType<string>().Distinct()];
        var questions = new List<GeometryQuestion>();
        void Ask(string id, GeometryPicture left, string right, GeometryPicture other, string wrong)
        {
            if (there.Contains(left) && there.Contains(other))
                questions.Add(new GeometryQuestion(id, Array.IndexOf(concepts, left.X), (left, right), (other, wrong)));
        }

        foreach (string x in concepts)
        {
            var alone = new GeometryPicture(x);
            foreach (string y in concepts.Where(other => other != x))
            {
                Ask("1a", alone, text(x), alone, text(y));
                Ask("4b", alone, text(y), alone, not(x));
                var both = new GeometryPicture(x, Y: y);
                foreach (string z in concepts.Where(other => other != x && other != y))
                    Ask("1b", both, text(x), both, text(z));
                foreach ((string a, string b) in Pairs(attributes))
                {
                    var bound = new GeometryPicture(x, a, Y: y, AttributeOfY: b);
                    Ask("2c′", bound, text($"{a} {x} and a {b} {y}"), bound, text($"{b} {x} and a {a} {y}"));
                }

                foreach ((string g, string h) in Pairs(relations))
                {
                    var related = new GeometryPicture(x, Y: y, Relation: g);
                    Ask("3b′", related, text($"{x} {g} a {y}"), related, text($"{x} {h} a {y}"));
                }
            }

            foreach ((string a, string b) in Pairs(attributes))
                Ask("2b", new GeometryPicture(x, a), attribute(a), new GeometryPicture(x, b), attribute(a));
        }

        return questions;
    }

    /// <summary>Every pair that the questions are about, once.</summary>
    /// <param name="questions">The questions.</param>
    public static IEnumerable<(GeometryPicture Picture, string Caption)> Pairs(IReadOnlyList<GeometryQuestion> questions) =>
        questions.SelectMany(question => new[] { question.Left, question.Right }).Distinct();

    /// <summary>Judges the questions by scores.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="score">The score of a picture with a caption.</param>
    public static IReadOnlyList<GeometryCondition> Judge(
        IReadOnlyList<GeometryQuestion> questions,
        Func<GeometryPicture, string, double> score
    ) =>
        [
            .. questions
                .GroupBy(question => question.Id)
                .OrderBy(same => same.Key, StringComparer.Ordinal)
                .Select(same => new GeometryCondition(
                    same.Key,
                    Words[same.Key],
                    [
                        .. same.Select(question => new GeometryCase(
                            score(question.Left.Picture, question.Left.Caption),
                            score(question.Right.Picture, question.Right.Caption),
                            question.Concept,
                            $"{question.Left.Picture}: '{question.Left.Caption}', '{question.Right.Caption}'",
                            [.. new[] { question.Left.Picture, question.Right.Picture }.Distinct()]
                        )),
                    ]
                )),
        ];

    private static IEnumerable<(string A, string B)> Pairs(string[] names) =>
        names.SelectMany(a => names.Where(b => b != a).Select(b => (a, b)));
}
