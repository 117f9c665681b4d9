using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Statements;

/// <summary>
/// What one scorer's scores of a part's pictures come to. Every figure is a function of how often each picture counts, so that one
/// bootstrap over pictures gives the intervals of all, and of their differences.
/// </summary>
internal sealed class JudgedStatements
{
    private readonly string _scorer;
    private readonly IReadOnlyList<StatementPicture> _pictures;
    private readonly IReadOnlyList<StatementScores> _scores;
    private readonly List<Figure> _figures = [];

    /// <param name="scorer">The scorer.</param>
    /// <param name="pictures">The pictures of the part.</param>
    /// <param name="scores">[pictures].</param>
    /// <param name="truth">[pictures, captions] of which pictures each picture's caption is true.</param>
    public JudgedStatements(IScorer scorer, IReadOnlyList<StatementPicture> pictures, IReadOnlyList<StatementScores> scores, bool?[,] truth)
    {
        (_scorer, _pictures, _scores) = (scorer.Name, pictures, scores);
        foreach (StatementWordings wordings in Enum.GetValues<StatementWordings>())
        {
            List<(double Score, bool IsTrue, int Picture)> all = Statements(wordings);
            if (all.Count == 0)
                continue;
            AddPairs(wordings);
            var ranking = new Ranking(all);
            double truths = all.Average(item => item.IsTrue ? 1.0 : 0);
            Add(StatementMeasure.Auroc, wordings, ranking.Auroc, all.Count, 0.5);
            Add(StatementMeasure.AveragePrecision, wordings, ranking.AveragePrecision, all.Count, truths);
            if (scorer.Calibration is not { } calibration)
                continue;
            var reliability = new Reliability([.. all.Select(item => (calibration.Probability(item.Score), item.IsTrue, item.Picture))]);
            Add(StatementMeasure.CalibrationError, wordings, reliability.ExpectedError, all.Count, null);
            Add(StatementMeasure.BrierScore, wordings, reliability.Brier, all.Count, null);
            Diagrams.Add(new ReliabilityDiagram(_scorer, Part, wordings, Bins(reliability)));
        }

        AddChoices();
        AddGalleries(truth);
    }

    public SplitPart Part => _pictures[0].Part;

    public List<ReliabilityDiagram> Diagrams { get; } = [];

    /// <summary>The figures, each computed when it is asked for.</summary>
    public IEnumerable<Func<StatementFigure>> Figures(StatementEvaluationOptions options) =>
        _figures.Select(figure =>
            (Func<StatementFigure>)(
                () =>
                    new StatementFigure(
                        _scorer,
                        Part,
                        figure.Measure,
                        figure.Wordings,
                        figure.Kind,
                        figure.Pictures,
                        figure.Items,
                        figure.Chance,
                        Interval(figure, options)
                    )
            )
        );

    /// <summary>This scorer's figures less those of another that has them too, each computed when it is asked for.</summary>
    public IEnumerable<Func<StatementDifference>> Differences(JudgedStatements other, StatementEvaluationOptions options) =>
        from figure in _figures
        from second in other._figures
        where (figure.Measure, figure.Wordings, figure.Kind) == (second.Measure, second.Wordings, second.Kind)
        select (Func<StatementDifference>)(
            () =>
                new StatementDifference(
                    _scorer,
                    other._scorer,
                    Part,
                    figure.Measure,
                    figure.Wordings,
                    figure.Kind,
                    Draw(weights => figure.Of(weights) - second.Of(weights), options)
                )
        );

    private Estimate Draw(Func<double[], double> figure, StatementEvaluationOptions options) =>
        Bootstrap.Figure(_pictures.Count, figure, options.BootstrapSeed, options.Resamples, options.Confidence);

    private Estimate Interval(Figure figure, StatementEvaluationOptions options)
    {
        Estimate estimate = Draw(figure.Of, options);
        return figure.Measure switch
        {
            // A picture drawn twice is no new evidence, but its noise counts twice: resampled errors are too high.
            StatementMeasure.CalibrationError => estimate with { Low = Math.Min(estimate.Low, estimate.Value) },
            StatementMeasure.BrierScore => estimate,
            _ => Bootstrap.Widened(estimate, figure.Pictures, options.Confidence),
        };
    }

    private void AddPairs(StatementWordings wordings)
    {
        SortedDictionary<StatementKind, Shares> kinds = [],
            exchanged = [];
        var across = new Shares(_pictures.Count);
        for (int i = 0; i < _pictures.Count; i++)
        {
            IReadOnlyList<StatementTwin> twins = _pictures[i].Said.Twins;
            foreach ((int right, StatementKind kind) in Of(twins, wordings))
            {
                foreach ((int wrong, StatementKind other) in Of(twins, wordings))
                {
                    double credit = Credit(_scores[i].Statements[2 * right], _scores[i].Statements[(2 * wrong) + 1]);
                    if (kind != other)
                    {
                        across.Add(i, credit);
                        continue;
                    }

                    Of(kinds, kind).Add(i, credit);
                    if (AreExchanged(twins[right].True.Statement, twins[wrong].False.Statement))
                        Of(exchanged, kind).Add(i, credit);
                }
            }
        }

        AddKinds(StatementMeasure.WithinKinds, wordings, kinds);
        AddKinds(StatementMeasure.Exchanged, wordings, exchanged);
        if (across.Items > 0)
            Add(StatementMeasure.AcrossKinds, wordings, across, 0.5);
    }

    private Shares Of(SortedDictionary<StatementKind, Shares> kinds, StatementKind kind) =>
        kinds.TryGetValue(kind, out Shares? shares) ? shares : kinds[kind] = new Shares(_pictures.Count);

    private static bool AreExchanged(Statement right, Statement wrong)
    {
        return Same(mention => mention.Object) && Same(mention => mention.Color) && Same(mention => (int?)mention.Size ?? -1);

        bool Same(Func<Mention, int> named) => right.Mentions.Select(named).Order().SequenceEqual(wrong.Mentions.Select(named).Order());
    }

    /// <summary>A figure for each kind, and one for their plain mean.</summary>
    private void AddKinds(StatementMeasure measure, StatementWordings wordings, SortedDictionary<StatementKind, Shares> kinds)
    {
        if (kinds.Count == 0)
            return;
        foreach ((StatementKind kind, Shares shares) in kinds)
            Add(measure, wordings, shares, 0.5, kind);
        _figures.Add(
            new Figure(
                measure,
                wordings,
                null,
                weights => kinds.Values.Average(shares => shares.Mean(weights)),
                _pictures.Count,
                kinds.Values.Sum(shares => shares.Items),
                0.5
            )
        );
    }

    private void AddChoices()
    {
        var choices = new Shares(_pictures.Count);
        for (int i = 0; i < _pictures.Count; i++)
        {
            int count = _pictures[i].Said.Choices.Count;
            if (count > 0)
                choices.Add(i, Choice.Of([.. _scores[i].Statements.TakeLast(count)], 0, _pictures[i].Id).Expected);
        }

        if (choices.Items > 0)
            Add(StatementMeasure.BestOfFour, StatementWordings.Trained, choices, 0.25);
    }

    private void AddGalleries(bool?[,] truth)
    {
        foreach (
            (StatementMeasure measure, bool isCaption, int k) in ((StatementMeasure, bool, int)[])
                [
                    (StatementMeasure.CaptionToPictureAt1, true, 1),
                    (StatementMeasure.CaptionToPictureAt5, true, 5),
                    (StatementMeasure.PictureToCaptionAt1, false, 1),
                    (StatementMeasure.PictureToCaptionAt5, false, 5),
                ]
        )
        {
            var found = new Shares(_pictures.Count);
            double chance = 0;
            for (int query = 0; query < _pictures.Count; query++)
            {
                var scores = new List<float>();
                var sought = new List<int>();
                for (int other = 0; other < _pictures.Count; other++)
                {
                    (int picture, int caption) = isCaption ? (other, query) : (query, other);
                    // Whoever might be right or wrong is no candidate.
                    if (truth[picture, caption] is not { } isTrue)
                        continue;
                    if (isTrue)
                        sought.Add(scores.Count);
                    scores.Add(_scores[picture].Gallery[caption]);
                }

                int used = Math.Min(k, scores.Count);
                found.Add(query, QueryRank.Of<float>(scores.ToArray(), sought.ToArray()).Expected(used));
                chance += 1 - QueryRank.NoneDrawn(scores.Count, scores.Count - sought.Count, used);
            }

            Add(measure, StatementWordings.Trained, found, chance / _pictures.Count);
        }
    }

    private List<(double Score, bool IsTrue, int Picture)> Statements(StatementWordings wordings)
    {
        var all = new List<(double, bool, int)>();
        for (int i = 0; i < _pictures.Count; i++)
        {
            foreach ((int twin, _) in Of(_pictures[i].Said.Twins, wordings))
            {
                all.Add((_scores[i].Statements[2 * twin], true, i));
                all.Add((_scores[i].Statements[(2 * twin) + 1], false, i));
            }
        }

        return all;
    }

    private ReliabilityBin[] Bins(Reliability reliability)
    {
        double[] once = new double[_pictures.Count];
        Array.Fill(once, 1);
        return
        [
            .. reliability
                .Sums(once)
                .Select(
                    (bin, b) =>
                        new ReliabilityBin(
                            b / (double)Reliability.Bins,
                            (b + 1) / (double)Reliability.Bins,
                            (int)bin.Items,
                            bin.Probability / bin.Items,
                            bin.True / bin.Items
                        )
                )
                .Where(bin => bin.Statements > 0),
        ];
    }

    private static IEnumerable<(int Twin, StatementKind Kind)> Of(IReadOnlyList<StatementTwin> twins, StatementWordings wordings) =>
        Enumerable
            .Range(0, twins.Count)
            .Where(twin => twins[twin].Wordings == wordings)
            .Select(twin => (twin, twins[twin].True.Statement.Kind));

    private static double Credit(float right, float wrong) =>
        right > wrong ? 1
        : right == wrong ? 0.5
        : 0;

    private void Add(StatementMeasure measure, StatementWordings wordings, Shares shares, double chance, StatementKind? kind = null) =>
        _figures.Add(new Figure(measure, wordings, kind, shares.Mean, shares.Pictures, shares.Items, chance));

    private void Add(StatementMeasure measure, StatementWordings wordings, Func<double[], double> of, int statements, double? chance) =>
        _figures.Add(new Figure(measure, wordings, null, of, _pictures.Count, statements, chance));

    /// <summary>A figure.</summary>
    /// <param name="Measure">What is measured.</param>
    /// <param name="Wordings">Statements of which wordings.</param>
    /// <param name="Kind">Statements of which kind.</param>
    /// <param name="Of">The figure, given how often each picture counts.</param>
    /// <param name="Pictures">Pictures that count.</param>
    /// <param name="Items">Items that count.</param>
    /// <param name="Chance">What guessing gives.</param>
    private sealed record Figure(
        StatementMeasure Measure,
        StatementWordings Wordings,
        StatementKind? Kind,
        Func<double[], double> Of,
        int Pictures,
        int Items,
        double? Chance
    );

    /// <summary>Items that are right, or in part, by picture.</summary>
    private sealed class Shares(int pictures)
    {
        private readonly double[] _right = new double[pictures];
        private readonly int[] _items = new int[pictures];

        public int Items => _items.Sum();

        public int Pictures => _items.Count(items => items > 0);

        public void Add(int picture, double right)
        {
            _right[picture] += right;
            _items[picture]++;
        }

        public double Mean(double[] weights)
        {
            double right = 0,
                items = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                right += weights[i] * _right[i];
                items += weights[i] * _items[i];
            }

            return right / items;
        }
    }
}
