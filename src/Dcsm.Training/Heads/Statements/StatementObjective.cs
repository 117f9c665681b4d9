using System.Text.Json.Nodes;
using Dcsm.Head;
using Dcsm.Training.Samples;
using TorchSharp;
using static TorchSharp.torch;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads.Statements;

/// <summary>Captions of which it is known whether they are true of a picture, whatever they say (<see cref="StatementLoss"/>).</summary>
/// <param name="weights">Shares of the streams in the loss, of mean 1; null for equal ones.</param>
internal sealed class StatementObjective(
    IHeadTrainingSource source,
    HeadTrainingOptions options,
    DcsmConfig config,
    SampleEncoder encoder,
    HeadTrainingStep step,
    float[]? weights,
    CancellationToken cancellationToken
) : HeadObjective
{
    /// <summary>The figure of pairs of captions of different kinds.</summary>
    private const string Across = "across";

    private readonly HeadTrainingBatches<EncodedGroup[]> _batches = new(
        source,
        options,
        (wanted, stop) => encoder.EncodeGroups(source, wanted, stop),
        cancellationToken
    );
    private readonly StatementLoss _loss = new(options.CaptionWeight, options.PictureWeight, options.SigmoidWeight);
    private readonly SortedDictionary<string, EncodedGroup[]> _parts = new(StringComparer.Ordinal);

    public override void Prepare(int step, Action waiting) => _batches.Prepare(step, waiting);

    public override (double Loss, double Accuracy) Run(int number, double learningRate)
    {
        EncodedGroup[] pool = _batches.Pool(number);
        EncodedGroup[] groups = [.. _batches.Samples(number).Select(sample => pool[sample])];
        using DisposeScope scope = NewDisposeScope();
        return step.Run(HeadPairBatch.Join(groups, config, Shares(groups)), _loss, learningRate);
    }

    public override Figures Validate(CancellationToken cancellationToken)
    {
        if (options.ValidationSamples == 0)
            return HeadTrainingProgress.NoValidation;
        var result = new Dictionary<string, IReadOnlyDictionary<string, double>>();
        var all = new Dictionary<string, IReadOnlyDictionary<string, long>>();
        foreach ((string name, IHeadTrainingSource _) in source.Validation)
        {
            var counts = new SortedDictionary<string, (double Right, long All)>(StringComparer.Ordinal);
            foreach ((EncodedGroup group, float[] scores) in Scored(name, cancellationToken))
                Count(group, scores, counts);
            result[name] = counts.ToDictionary(count => count.Key, count => count.Value.Right / count.Value.All);
            all[name] = counts.ToDictionary(count => count.Key, count => count.Value.All);
        }

        Counted = all;

        return result;
    }

    public override ScoreCalibration? Calibrate(JsonObject metrics, CancellationToken cancellationToken)
    {
        if (options.SigmoidWeight == 0 || options.ValidationSamples == 0)
            return null;
        List<double> scores = [];
        List<bool> truth = [];
        // Each caption on the picture that it was made for: as many are true as are false.
        foreach (string name in source.Validation.Keys)
        {
            foreach ((EncodedGroup group, float[] found) in Scored(name, cancellationToken))
            {
                foreach ((int pair, int image, int caption) in Pairs(group))
                {
                    if (group.Image[caption] != image || group.Targets[image, caption] is not (0 or 1))
                        continue;
                    scores.Add(found[pair]);
                    truth.Add(group.Targets[image, caption] == 1);
                }
            }
        }

        if (!truth.Contains(true) || !truth.Contains(false))
            return null;
        ScoreCalibration calibration = PlattScaling.Fit(scores, truth);
        metrics["calibration"] = new JsonObject
        {
            ["pairs"] = scores.Count,
            ["expectedCalibrationError"] = Math.Round(PlattScaling.Error(calibration, scores, truth), 5),
        };
        return calibration;
    }

    public override void Dispose() => _batches.Dispose();

    /// <summary>
    /// What each group counts, of mean 1 by caption: a stream has its share of the loss, however many captions its groups have.
    /// </summary>
    private float[]? Shares(EncodedGroup[] groups)
    {
        if (weights is null)
            return null;
        float[] captions = [.. groups.Chunk(options.SamplesPerStream).Select(stream => (float)stream.Sum(group => group.Targets.Columns))];
        float mean = captions.Average();
        return [.. groups.Select((_, i) => i / options.SamplesPerStream).Select(stream => weights[stream] * mean / captions[stream])];
    }

    /// <summary>True captions of a picture against false ones of it, of the same kind and of others.</summary>
    private static void Count(EncodedGroup group, float[] scores, SortedDictionary<string, (double Right, long All)> counts)
    {
        (int Pair, int Image, int Caption)[] own = [.. Pairs(group).Where(pair => group.Image[pair.Caption] == pair.Image)];
        foreach ((int pair, int image, int caption) in own.Where(pair => group.Targets[pair.Image, pair.Caption] == 1))
        {
            foreach ((int other, _, int wrong) in own.Where(o => o.Image == image && group.Targets[o.Image, o.Caption] == 0))
            {
                string figure = group.Kinds[caption] == group.Kinds[wrong] ? group.Kinds[caption] : Across;
                (double right, long all) = counts.GetValueOrDefault(figure);
                double won =
                    scores[pair] > scores[other] ? 1
                    : scores[pair] == scores[other] ? 0.5
                    : 0;
                counts[figure] = (right + won, all + 1);
            }
        }
    }

    /// <summary>The pairs of a group of which something is known, numbered in the order in which they are scored.</summary>
    private static IEnumerable<(int Pair, int Image, int Caption)> Pairs(EncodedGroup group)
    {
        int pair = 0;
        for (int image = 0; image < group.Targets.Rows; image++)
        {
            for (int caption = 0; caption < group.Targets.Columns; caption++)
            {
                if (!float.IsNaN(group.Targets[image, caption]))
                    yield return (pair++, image, caption);
            }
        }
    }

    private IEnumerable<(EncodedGroup Group, float[] Scores)> Scored(string part, CancellationToken cancellationToken)
    {
        if (!_parts.TryGetValue(part, out EncodedGroup[]? groups))
            _parts[part] = groups = Encode(source.Validation[part], cancellationToken);
        using IDisposable noGradient = no_grad();
        foreach (EncodedGroup group in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            float[] scores = [.. step.Scores(HeadPairBatch.Join([group], config)).cpu().data<float>()];
            yield return (group, scores);
        }
    }

    private EncodedGroup[] Encode(IHeadTrainingSource part, CancellationToken cancellationToken)
    {
        List<(int Stream, long Index)> wanted = [];
        for (int stream = 0; stream < part.Streams.Count; stream++)
        {
            for (long i = 0; i < Math.Min(options.ValidationSamples, part.Count(stream) ?? long.MaxValue); i++)
                wanted.Add((stream, i));
        }

        return encoder.EncodeGroups(part, wanted, cancellationToken);
    }
}
