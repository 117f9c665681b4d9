using Dcsm.Evaluation.Association;
using Dcsm.Evaluation.Geometry;
using Dcsm.Evaluation.Robustness;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of robustness, association and geometry.</summary>
public static class ClipUseTables
{
    /// <summary>Each model's accuracies, effective and relative robustness.</summary>
    public static Table ToTable(this RobustnessResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new Table(
            "Robustness",
            [
                new("Model"),
                new("In distribution, %", AlignRight: true),
                new("Shifted, %", AlignRight: true),
                new("Effective, points", AlignRight: true),
                new("Relative, points", AlignRight: true),
            ],
            [
                .. result.Models.Select(
                    (row, i) =>
                        new TableRow(
                            [
                                row.IsStandard ? $"{row.Model.Name} (standard)" : row.Model.Name,
                                TableCell.Percent(row.Model.InDistribution),
                                TableCell.Percent(row.Model.Shifted),
                                double.IsNaN(row.Effective.Low)
                                    ? new TableCell(NumberText.Points(row.Effective.Value)) { Number = row.Effective.Value * 100 }
                                    : TableCell.Points(row.Effective),
                                row.Relative is { } relative ? new TableCell(NumberText.Points(relative)) { Number = relative * 100 } : "–",
                            ],
                            StartsGroup: i > 0 && !row.IsStandard && result.Models[i - 1].IsStandard
                        )
                ),
            ],
            [
                $"Effective: above the line of the standard models on {result.Axes.ToString().ToLowerInvariant()} axes (slope "
                    + $"{NumberText.Fixed(result.Fit.Slope, 3)}, intercept {NumberText.Fixed(result.Fit.Intercept, 3)}, R² "
                    + $"{NumberText.Fixed(result.Fit.RSquared, 3)}); small: 95 % interval by bootstrap over them, where there are "
                    + "four at least. "
                    + (
                        result.RelativeTo is { } name
                            ? $"Relative: accuracy under the shift less that of {name}."
                            : "Relative: no model to compare with was named."
                    ),
            ]
        );
    }

    /// <summary>Shares by group and category, the groups' gaps, and the largest effects.</summary>
    public static IEnumerable<Table> ToTables(this AssociationResult result)
    {
        const int EffectsShown = 20;
        ArgumentNullException.ThrowIfNull(result);
        string[] categories = [.. result.Shares.Select(share => share.Category).Distinct()];
        yield return new Table(
            $"Best label by category, {result.Encoder}",
            [
                new("Group"),
                new("Pictures", AlignRight: true),
                .. categories.Select(name => new TableColumn($"{name}, %", AlignRight: true)),
            ],
            [
                .. result
                    .Shares.GroupBy(share => share.Group)
                    .Select(group => new TableRow([
                        group.Key,
                        TableCell.Count(group.First().Pictures),
                        .. group.Select(share => TableCell.Percent(share.Share)),
                    ])),
            ],
            [$"All groups by all categories: p {NumberText.PValue(result.PValue)} (chi-square). Small: Wilson's 95 % intervals."]
        );
        yield return new Table(
            "Gaps between groups",
            [new("Group"), new("Against"), new("Category"), new("Gap, points", AlignRight: true), new("p", AlignRight: true)],
            [
                .. result.Gaps.Select(gap => new TableRow([
                    gap.Group,
                    gap.Other,
                    gap.Category,
                    TableCell.Points(gap.Gap),
                    TableCell.PValue(gap.PValue),
                ])),
            ],
            ["Small: 95 % intervals by bootstrap over pictures within groups. p values are not corrected for their number."]
        );
        yield return new Table(
            "Labels in pairs, the largest effects",
            [new("Group"), new("Against"), new("Label"), new("Rather than"), new("Effect size", AlignRight: true)],
            [
                .. result
                    .Effects.Where(effect => !double.IsNaN(effect.Size))
                    .OrderByDescending(effect => Math.Abs(effect.Size))
                    .Take(EffectsShown)
                    .Select(effect => new TableRow([
                        effect.Group,
                        effect.Other,
                        effect.Label,
                        effect.Against,
                        TableCell.Fixed(effect.Size, 2),
                    ])),
            ],
            ["Difference of the groups' means of cosine with the one less cosine with the other label, over the pooled standard deviation."]
        );
    }

    private static IEnumerable<TableRow> Measured(GeometryResult result)
    {
        GeometryCondition bound = result.Conditions.Single(condition => condition.Id == "2c");
        if (bound.Cases == 0 || result.AttributeFits.Count == 0)
            yield break;
        yield return new TableRow(
            [
                new TableCell($"measured: {NumberText.Fixed(result.AttributeFits.Average(fit => fit.Rest), 2)}"),
                TableCell.Fixed(bound.All.Average(own => 1 - own.Right), 4),
                TableCell.Fixed(bound.All.Min(own => 1 - own.Right), 4),
            ],
            StartsGroup: true
        );
    }

    /// <summary>The conditions, and the fits beside them.</summary>
    public static IEnumerable<Table> ToTables(this GeometryResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        yield return new Table(
            $"Conditions of an ideal CLIP, {result.Encoder}",
            [
                new(""),
                new("Condition"),
                new("Cases", AlignRight: true),
                new("Satisfied, %", AlignRight: true),
                new("Mean margin", AlignRight: true),
            ],
            [
                .. result.Asked.Select(
                    (condition, i) =>
                        new TableRow(
                            [
                                condition.Id,
                                condition.Words,
                                TableCell.Count(condition.Cases),
                                TableCell.Percent(condition.Satisfied),
                                TableCell.Fixed(condition.MeanMargin, 4),
                            ],
                            StartsGroup: i > 0 && condition.Id[0] != result.Asked.ElementAt(i - 1).Id[0]
                        )
                ),
            ],
            [
                $"i(·), t(·): unit embeddings of picture and text; x_a: x with attribute a; ¬x: no x; ε = "
                    + $"{NumberText.Fixed(GeometryResult.Epsilon, 3)}. Margin: left less right. Ties do not satisfy. Small: 95 % "
                    + "intervals, clustered by concept.",
            ]
        );
        List<TableRow> rows = [];
        if (!double.IsNaN(result.SuperpositionMean))
        {
            rows.Add(new TableRow(["superposition: mean cosine of i(x,y) with i(x) + i(y)", TableCell.Fixed(result.SuperpositionMean, 3)]));
            rows.Add(new TableRow(["superposition: least cosine", TableCell.Fixed(result.SuperpositionLeast, 3)]));
        }

        if (result.AttributeFits.Count > 0)
        {
            TableRow Mean(string what, Func<AttributeFit, double> of) =>
                new([$"attribute fit: mean {what}", TableCell.Fixed(result.AttributeFits.Average(of), 3)]);
            rows.Add(Mean("1 − δ", fit => fit.OneMinusDelta));
            rows.Add(Mean("p", fit => fit.P));
            rows.Add(Mean("length of the rest", fit => fit.Rest));
        }

        if (rows.Count > 0)
            yield return new Table("Beside the conditions", [new("What"), new("", AlignRight: true)], rows, []);
        foreach (Table table in BesideVectors(result))
            yield return table;
    }

    /// <summary>What scorers make of conditions, and what binding costs.</summary>
    private static IEnumerable<Table> BesideVectors(GeometryResult result)
    {
        if (result.Scored is [{ Conditions.Count: > 0 } first, ..])
        {
            yield return new Table(
                "Conditions that can be asked of a score",
                [
                    new(""),
                    new("Condition"),
                    new("Cases", AlignRight: true),
                    .. result.Scored.Select(own => new TableColumn($"{own.Name}, %", AlignRight: true)),
                ],
                [
                    .. first.Conditions.Select(
                        (condition, c) =>
                            new TableRow([
                                condition.Id,
                                condition.Words,
                                TableCell.Count(condition.Cases),
                                .. result.Scored.Select(own => TableCell.Percent(own.Conditions[c].Satisfied)),
                            ])
                    ),
                ],
                [
                    "s: the score of a picture with a caption; a caption of several words is put where x stands. ′: a condition on "
                        + "two pictures, asked with captions instead. Small: 95 % intervals, clustered by concept.",
                ]
            );
        }

        if (result.Binding.Count > 0)
        {
            yield return new Table(
                "What binding costs",
                [
                    new("Longest rest e", AlignRight: true),
                    new("Largest mean gap found", AlignRight: true),
                    new("Least gap of a pair there", AlignRight: true),
                ],
                [
                    .. result.Binding.Select(own => new TableRow([
                        TableCell.Fixed(own.Rest, 2),
                        TableCell.Fixed(own.Gap, 4),
                        TableCell.Fixed(own.LeastGap, 4),
                    ])),
                    .. Measured(result),
                ],
                [
                    "Gap: 1 − cos(i(x_a,y_b), i(x_b,y_a)). Drawn i(x), t(a) of this width, searched by gradient ascent for i(x_a) = "
                        + "(1−δ)·i(x) + p·t(a) + e, pairs being the direction of the sum. Without a rest exchanged attributes "
                        + "are the same picture, whatever the vectors.",
                ]
            );
        }
    }
}
