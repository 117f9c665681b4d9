using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Statements;

/// <summary>
/// Judges scorers on any captions: true statements against false ones of the same kind and of others, all by one threshold, as
/// probabilities, and in galleries of pictures and captions. Every picture and caption is encoded once, whatever the number of scorers on
/// an encoder.
/// </summary>
public static class StatementEvaluation
{
    /// <summary>Scores all pictures with all scorers.</summary>
    /// <param name="tests">The pictures.</param>
    /// <param name="scorers">The scorers; in differences, earlier ones are what later ones are compared with.</param>
    /// <param name="options">How they are judged.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">There are no scorers, or two share a name.</exception>
    /// <exception cref="InvalidDataException">A score is not a finite number; the message names the picture.</exception>
    public static StatementEvaluationResult Run(
        StatementTestSet tests,
        IReadOnlyList<IScorer> scorers,
        StatementEvaluationOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tests);
        options ??= new StatementEvaluationOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchPictures, nameof(options));
        ScorerList.Check(scorers);
        var scoring = new Scoring(tests, scorers, options.BatchPictures, progress, cancellationToken);
        var judged = new List<JudgedStatements>();
        for (int first = 0, count; first < tests.Pictures.Count; first += count)
        {
            SplitPart part = tests.Pictures[first].Part;
            count = tests.Pictures.Skip(first).TakeWhile(picture => picture.Part == part).Count();
            scoring.Score(first, count);
            bool?[,] truth = tests.Truth(first, count);
            judged.AddRange(
                scorers.Select(
                    (scorer, s) =>
                        new JudgedStatements(
                            scorer,
                            [.. tests.Pictures.Skip(first).Take(count)],
                            scoring.Scores[s].AsSpan(first, count).ToArray(),
                            truth
                        )
                )
            );
        }

        return new StatementEvaluationResult(tests, scoring.Scores)
        {
            Data = tests.Description,
            Options = options,
            Versions = SoftwareVersions.Current(),
            Scorers = ScorerList.Describe(scorers),
            Calibrations = [.. scorers.Select(scorer => scorer.Calibration)],
            Captions = tests
                .Pictures.SelectMany(picture => picture.Statements)
                .Select(written => written.Text)
                .Distinct(StringComparer.Ordinal)
                .Count(),
            CutCaptions = [.. scoring.Cut.Select(cut => cut.Count)],
            // Each is a bootstrap of its own.
            Figures = [.. judged.SelectMany(one => one.Figures(options)).AsParallel().AsOrdered().Select(figure => figure())],
            Differences =
            [
                .. judged
                    .GroupBy(one => one.Part)
                    .SelectMany(part =>
                        part.SelectMany((later, s) => part.Take(s).SelectMany(earlier => later.Differences(earlier, options)))
                    )
                    .AsParallel()
                    .AsOrdered()
                    .Select(difference => difference()),
            ],
            Reliability = [.. judged.SelectMany(one => one.Diagrams)],
        };
    }

    /// <summary>Scores pictures in batches.</summary>
    private sealed class Scoring(
        StatementTestSet tests,
        IReadOnlyList<IScorer> scorers,
        int batchPictures,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        private readonly EncoderGroup[] _groups = EncoderGroup.Of(scorers);

        /// <summary>[scorers][pictures].</summary>
        public StatementScores[][] Scores { get; } = [.. scorers.Select(_ => new StatementScores[tests.Pictures.Count])];

        /// <summary>[scorers] the captions that each cuts.</summary>
        public HashSet<string>[] Cut { get; } = [.. scorers.Select(_ => new HashSet<string>(StringComparer.Ordinal))];

        /// <summary>Scores the pictures of a part, each with its statements and with the captions of all.</summary>
        public void Score(int first, int count)
        {
            string[] captions = [.. tests.Pictures.Skip(first).Take(count).Select(picture => picture.Caption.Text)];
            (IReadOnlyList<int> Scorers, TextEncoding Texts)[][] galleries =
            [
                .. _groups.Select(group => group.EncodeTexts(_ => captions).ToArray()),
            ];
            for (int done = 0; done < count; done += batchPictures)
            {
                int batch = Math.Min(batchPictures, count - done);
                for (int g = 0; g < _groups.Length; g++)
                    ScoreBatch(_groups[g], galleries[g], first + done, batch);
                progress?.Report(new WorkProgress(first + done + batch, tests.Pictures.Count, "statements"));
            }
        }

        private void ScoreBatch(EncoderGroup group, (IReadOnlyList<int> Scorers, TextEncoding Texts)[] galleries, int first, int count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var texts = new List<string>();
            var blocks = new ScoreBlock[count];
            for (int i = 0; i < count; i++)
            {
                StatementPicture picture = tests.Pictures[first + i];
                blocks[i] = new ScoreBlock(i, 1, texts.Count, picture.Statements.Count);
                texts.AddRange(picture.Statements.Select(written => written.Text));
            }

            ImageEncoding images = tests.Encode(group.Encoder, first, count, cancellationToken);
            float[][,] grids = new float[scorers.Count][,];
            foreach ((IReadOnlyList<int> places, TextEncoding captions) in galleries)
            {
                foreach (int s in places)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    grids[s] = scorers[s].Score(images, captions);
                }
            }

            foreach ((IReadOnlyList<int> places, TextEncoding encoded) in group.EncodeTexts(_ => texts))
            {
                foreach (int s in places)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Cut[s].UnionWith(CutBy(scorers[s], encoded).Select(i => texts[i]));
                    IReadOnlyList<float[,]> rows = scorers[s].ScoreBlocks(images, encoded, blocks);
                    for (int i = 0; i < count; i++)
                    {
                        string name = $"{scorers[s].Name}, picture {tests.Pictures[first + i].Id}";
                        Scores[s][first + i] = new StatementScores(Row(rows[i], 0, name), Row(grids[s], i, name));
                    }
                }
            }
        }

        /// <summary>
        /// The places of the captions of which a scorer reads only the beginning. CLIP's pooled embedding has its whole context.
        /// </summary>
        private static int[] CutBy(IScorer scorer, TextEncoding encoded)
        {
            int[] cut = [.. Enumerable.Range(0, encoded.Texts.Count).Where(i => encoded.Texts[i].Truncated)];
            int context = scorer.Encoder.ContextLength;
            if (cut.Length == 0 || scorer.TextTokens > 0 || encoded.Tokens.Tokens >= context)
                return cut;
            TextEncoding whole = scorer.Encoder.EncodeTexts([.. cut.Select(i => encoded.Texts[i].Text)], context);
            return [.. cut.Where((_, i) => whole.Texts[i].Truncated)];
        }

        private static float[] Row(float[,] scores, int row, string name)
        {
            float[] result = new float[scores.GetLength(1)];
            for (int c = 0; c < result.Length; c++)
            {
                result[c] = scores[row, c];
                if (!float.IsFinite(result[c]))
                {
                    throw new InvalidDataException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{name}: the score of caption {c} is {result[c]}; every score must be a finite number."
                        )
                    );
                }
            }

            return result;
        }
    }
}
