using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Samples;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>Samples against their hard negatives, and, as in the official code, against each other.</summary>
internal sealed class ContrastiveObjective(
    IHeadTrainingSource source,
    HeadTrainingOptions options,
    SampleEncoder encoder,
    HeadTrainingStep step,
    CancellationToken cancellationToken
) : HeadObjective
{
    private readonly HeadTrainingBatches<EncodedSamples> _batches = new(
        source,
        options,
        (wanted, stop) => encoder.Encode(source, wanted, stop),
        cancellationToken
    );
    private readonly HeadValidation _validation = new(source, options, encoder);
    private readonly SampleOrder _order = new(options.Seed);

    public override void Prepare(int step, Action waiting) => _batches.Prepare(step, waiting);

    public override (double Loss, double Accuracy) Run(int number, double learningRate) => step.Run(Of(number), learningRate);

    public override Figures Validate(CancellationToken cancellationToken)
    {
        (Figures figures, Counted) = _validation.Evaluate(batch => step.Scores(batch, parts: 1), cancellationToken);
        return figures;
    }

    public override void Dispose()
    {
        _batches.Dispose();
        _validation.Dispose();
    }

    /// <summary>The batches of a step, one for each paraphrase that it uses; the streams follow one another.</summary>
    private IEnumerable<HeadBatch> Of(int number)
    {
        EncodedSamples pool = _batches.Pool(number);
        long[] samples = _batches.Samples(number);
        SceneRandom random = _order.Paraphrases(number);
        long[] paraphrases = [.. samples.Select(_ => options.BothParaphrases ? 0L : random.NextInt(pool.Paraphrases))];
        yield return pool.Draw(samples, paraphrases);
        if (options.BothParaphrases && pool.Paraphrases > 1)
            yield return pool.Draw(samples, [.. paraphrases.Select(_ => 1L)]);
    }
}
