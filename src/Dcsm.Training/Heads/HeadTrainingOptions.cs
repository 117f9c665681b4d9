using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Digests;
using Dcsm.Maps;

namespace Dcsm.Training.Heads;

/// <summary>How a head is trained.</summary>
public sealed record HeadTrainingOptions
{
    /// <summary>
    /// The paper's training as its code does it (<c>training/train.py</c>): loss, optimizer, standardization and placement of rows.
    /// </summary>
    public static HeadTrainingOptions Official { get; } =
        new()
        {
            SamplesPerStream = 8,
            Loss = HeadLoss.Official,
            BothParaphrases = true,
            LearningRate = 1e-3,
            WarmUpSteps = 0,
            Schedule = HeadSchedule.Constant,
            WeightDecay = 0,
            GradientNorm = 0,
            TextTokens = 30,
            Placement = RowPlacement.Official,
            Standardization = MapStandardization.WholeBatch,
            Choose = HeadChoice.Last,
        };

    /// <summary>
    /// Training for a general match score: any caption, any picture, a probability. Samples are groups of pictures and captions
    /// (<see cref="IHeadTrainingSource.ReadGroup"/>).
    /// </summary>
    public static HeadTrainingOptions Statements { get; } =
        new()
        {
            Loss = HeadLoss.Statements,
            SamplesPerStream = 6,
            PoolSamples = 96,
            Reuse = 4,
            ValidationSamples = 60,
            RowValues = FunctionalRowValues.Structured,
            WarmUpSteps = 100,
            Words = FunctionalWordList.Canonical,
            CaptionForm = CaptionForm.Canonical,
            Placement = RowPlacement.EndFirst,
            Standardization = MapStandardization.Fixed,
        };

    /// <summary>Optimizer steps.</summary>
    public int Steps { get; init; } = 1500;

    /// <summary>
    /// Epochs instead of <see cref="Steps"/>; null for these. An epoch is one pass through the longest stream; of streams without end,
    /// the steps that one pool is used for (<see cref="PoolSamples"/> · <see cref="Reuse"/> samples of each stream).
    /// </summary>
    public int? Epochs { get; init; }

    /// <summary>
    /// Ends training after this time even if steps are left; the learning rate then falls with time. Runs with a limit can't be
    /// repeated bit for bit. Null: as long as the steps take.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Samples of each stream in a step.</summary>
    public int SamplesPerStream { get; init; } = 64;

    /// <summary>The loss.</summary>
    public HeadLoss Loss { get; init; } = HeadLoss.Block;

    /// <summary>Weight of the official loss against the block loss in <see cref="HeadLoss.Mixed"/>, 0 … 1.</summary>
    public double OfficialWeight { get; init; } = 0.5;

    /// <summary>Samples, with their hard negatives, of one matrix of the official loss.</summary>
    public int OfficialGroup { get; init; } = 8;

    /// <summary>
    /// Samples of each stream in a step that take part in the official loss of <see cref="HeadLoss.Mixed"/>; it is costly.
    /// </summary>
    public int MixedOfficialSamples { get; init; } = 8;

    /// <summary>Weight of true against false captions of a picture in <see cref="HeadLoss.Statements"/>.</summary>
    public double CaptionWeight { get; init; } = 1;

    /// <summary>Weight of pictures that a caption is true of against others in <see cref="HeadLoss.Statements"/>.</summary>
    public double PictureWeight { get; init; } = 1;

    /// <summary>Weight of each pair by itself in <see cref="HeadLoss.Statements"/>; without it there is no probability.</summary>
    public double SigmoidWeight { get; init; } = 1;

    /// <summary>Whether a step uses the first two paraphrases of a sample, as the official code does, or one drawn at random.</summary>
    public bool BothParaphrases { get; init; }

    /// <summary>Peak learning rate of Adam (betas 0.9 and 0.999).</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Steps over which the learning rate rises.</summary>
    public int WarmUpSteps { get; init; } = 30;

    /// <summary>How the learning rate goes on.</summary>
    public HeadSchedule Schedule { get; init; } = HeadSchedule.Cosine;

    /// <summary>Decoupled weight decay of matrices (AdamW).</summary>
    public double WeightDecay { get; init; }

    /// <summary>Share of channels dropped after each convolution and of hidden units.</summary>
    public double Dropout { get; init; }

    /// <summary>Share of scores dropped, as the official head can do.</summary>
    public double ScoreDropout { get; init; }

    /// <summary>Largest norm of all gradients together; 0 for none.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>Samples of each stream that are held encoded at a time. A stream that is no longer than this is encoded once.</summary>
    public int PoolSamples { get; init; } = 512;

    /// <summary>How often each sample of the pool is trained on before new ones take their place. Encoding is the costly part.</summary>
    public int Reuse { get; init; } = 8;

    /// <summary>Seed of weights, functional rows, order and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Text tokens of a map; 0 for 30, or CLIP's context if that is shorter.</summary>
    public int TextTokens { get; init; }

    /// <summary>Convolutions before the hidden layer, 0 … 4.</summary>
    public int Convolutions { get; init; } = 2;

    /// <summary>Channels of each convolution.</summary>
    public int Channels { get; init; } = 4;

    /// <summary>Width of the hidden layer.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>The functional words.</summary>
    public FunctionalWordList Words { get; init; } = FunctionalWordList.Official;

    /// <summary>What the functional rows are.</summary>
    public FunctionalRowValues RowValues { get; init; } = FunctionalRowValues.Random;

    /// <summary>How functional rows are placed.</summary>
    public RowPlacement Placement { get; init; } = RowPlacement.TokenAligned;

    /// <summary>In which words captions are given to CLIP.</summary>
    public CaptionForm CaptionForm { get; init; } = CaptionForm.AsWritten;

    /// <summary>Over what maps are standardized.</summary>
    public MapStandardization Standardization { get; init; } = MapStandardization.PerMap;

    /// <summary>
    /// A trained head of the same CLIP to go on from, with its words, layout, standardization and sizes instead of those given here;
    /// null to begin with random weights.
    /// </summary>
    public DcsmHead? From { get; init; }

    /// <summary>Steps between two validations; 0 for one at the end; null for one after each epoch, and one at the end.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>Samples of each stream in a validation; 0 for no validation.</summary>
    public int ValidationSamples { get; init; } = 250;

    /// <summary>
    /// Which of the validated steps gives the head: the one whose validation is best, the earliest of equals; or the last one. The measure
    /// is the mean of all streams and parts, or of the part <see cref="ChooseBy"/>.
    /// </summary>
    public HeadChoice Choose { get; init; } = HeadChoice.Best;

    /// <summary>The validation part that decides which step is best, such as "unseen_objects"; null for the mean of all parts.</summary>
    public string? ChooseBy { get; init; }

    /// <summary>Ends training after so many validations in a row without a better one; 0 for never.</summary>
    public int Patience { get; init; }

    /// <summary>Steps between two lines of <c>metrics.jsonl</c> and two reports of progress.</summary>
    public int ReportEvery { get; init; } = 10;

    /// <summary>Time between two checkpoints.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether libtorch computes what this project's own kernels would; for comparisons. The results differ by rounding.</summary>
    internal bool WithLibtorch { get; init; }

    /// <summary>All options that decide what a run computes, for the record; how often it reports is not among them.</summary>
    public JsonObject Describe()
    {
        JsonObject description = new()
        {
            ["steps"] = Steps,
            ["timeLimitSeconds"] = TimeLimit?.TotalSeconds,
            ["samplesPerStream"] = SamplesPerStream,
            ["loss"] = Loss.ToString(),
            ["officialWeight"] = OfficialWeight,
            ["officialGroup"] = OfficialGroup,
            ["mixedOfficialSamples"] = MixedOfficialSamples,
            ["bothParaphrases"] = BothParaphrases,
            ["learningRate"] = LearningRate,
            ["warmUpSteps"] = WarmUpSteps,
            ["schedule"] = Schedule.ToString(),
            ["weightDecay"] = WeightDecay,
            ["dropout"] = Dropout,
            ["scoreDropout"] = ScoreDropout,
            ["gradientNorm"] = GradientNorm,
            ["poolSamples"] = PoolSamples,
            ["reuse"] = Reuse,
            ["seed"] = Seed,
            ["textTokens"] = TextTokens,
            ["convolutions"] = Convolutions,
            ["channels"] = Channels,
            ["hidden"] = Hidden,
            ["words"] = new JsonArray([.. Words.Words.Select(word => JsonValue.Create(word))]),
            ["rowValues"] = RowValues.ToString(),
            ["placement"] = Placement.ToString(),
            ["standardization"] = Standardization.ToString(),
            ["evaluateEvery"] = EvaluateEvery,
            ["validationSamples"] = ValidationSamples,
            ["choose"] = Choose.ToString(),
            ["chooseBy"] = ChooseBy,
            ["patience"] = Patience,
        };
        // Only where they matter, so that runs from before there were any can go on.
        if (Loss == HeadLoss.Statements)
        {
            description["captionWeight"] = CaptionWeight;
            description["pictureWeight"] = PictureWeight;
            description["sigmoidWeight"] = SigmoidWeight;
        }

        if (From is { } from)
            description["from"] = Digest(from);
        if (CaptionForm != CaptionForm.AsWritten)
            description["captionForm"] = CaptionForm.ToString();
        return description;
    }

    private static string Digest(DcsmHead head)
    {
        using var digest = new Sha256Digest();
        foreach ((string name, int[] _) in HeadTensors.Shapes(head.Config))
            digest.Append(MemoryMarshal.AsBytes(HeadTensors.Values(head.Weights, name).Span));
        return digest.Finish();
    }

    /// <summary>Checks that the options make sense together.</summary>
    /// <exception cref="ArgumentException">They don't; the message names the option.</exception>
    internal void Check()
    {
        Require(Steps > 0, nameof(Steps), Steps, "at least 1");
        Require(Epochs is null or > 0, nameof(Epochs), Epochs, "at least 1");
        Require(TimeLimit is null || TimeLimit > TimeSpan.Zero, nameof(TimeLimit), TimeLimit, "longer than 0");
        Require(SamplesPerStream > 0, nameof(SamplesPerStream), SamplesPerStream, "at least 1");
        Require(OfficialGroup > 0, nameof(OfficialGroup), OfficialGroup, "at least 1");
        Require(OfficialWeight is >= 0 and <= 1, nameof(OfficialWeight), OfficialWeight, "from 0 to 1");
        Require(
            OfficialSamples % OfficialGroup == 0 && OfficialSamples <= SamplesPerStream,
            Loss == HeadLoss.Mixed ? nameof(MixedOfficialSamples) : nameof(SamplesPerStream),
            OfficialSamples,
            $"a multiple of {nameof(OfficialGroup)} ({OfficialGroup}) and no more than {nameof(SamplesPerStream)} ({SamplesPerStream})"
        );
        Require(CaptionWeight >= 0, nameof(CaptionWeight), CaptionWeight, "0 or more");
        Require(PictureWeight >= 0, nameof(PictureWeight), PictureWeight, "0 or more");
        Require(SigmoidWeight >= 0, nameof(SigmoidWeight), SigmoidWeight, "0 or more");
        Require(CaptionWeight + PictureWeight + SigmoidWeight > 0, nameof(SigmoidWeight), SigmoidWeight, "above 0 where the others are 0");
        Require(
            Loss != HeadLoss.Statements || Standardization != MapStandardization.WholeBatch,
            nameof(Standardization),
            Standardization,
            $"{MapStandardization.Fixed} or {MapStandardization.PerMap} with {nameof(HeadLoss)}.{HeadLoss.Statements}"
        );
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Require(WarmUpSteps >= 0, nameof(WarmUpSteps), WarmUpSteps, "0 or more");
        Require(WeightDecay >= 0, nameof(WeightDecay), WeightDecay, "0 or more");
        Require(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "from 0 to below 1");
        Require(ScoreDropout is >= 0 and < 1, nameof(ScoreDropout), ScoreDropout, "from 0 to below 1");
        Require(GradientNorm >= 0, nameof(GradientNorm), GradientNorm, "0 or more");
        Require(PoolSamples > 0, nameof(PoolSamples), PoolSamples, "at least 1");
        Require(Reuse > 0, nameof(Reuse), Reuse, "at least 1");
        Require(TextTokens >= 0, nameof(TextTokens), TextTokens, "0 or more");
        Require(Convolutions is >= 0 and <= 4, nameof(Convolutions), Convolutions, "from 0 to 4");
        Require(Channels > 0, nameof(Channels), Channels, "at least 1");
        Require(Hidden > 0, nameof(Hidden), Hidden, "at least 1");
        Require(EvaluateEvery is null or >= 0, nameof(EvaluateEvery), EvaluateEvery, "0 or more");
        Require(ValidationSamples >= 0, nameof(ValidationSamples), ValidationSamples, "0 or more");
        Require(Patience >= 0, nameof(Patience), Patience, "0 or more");
        Require(
            Patience == 0 || ValidationSamples > 0,
            nameof(Patience),
            Patience,
            $"0 where nothing is validated ({nameof(ValidationSamples)} is 0)"
        );
        Require(ReportEvery > 0, nameof(ReportEvery), ReportEvery, "at least 1");
    }

    /// <summary>Samples of each stream in a step that take part in the official loss.</summary>
    internal int OfficialSamples =>
        Loss switch
        {
            HeadLoss.Block or HeadLoss.Statements => 0,
            HeadLoss.Official => SamplesPerStream,
            _ => MixedOfficialSamples,
        };

    /// <summary>
    /// Steps of one pass through the longest stream that ends; where none ends, the steps that one pool of samples is used for.
    /// </summary>
    internal int StepsPerEpoch(IHeadTrainingSource source)
    {
        long longest = Enumerable.Range(0, source.Streams.Count).Max(stream => source.Count(stream) ?? 0);
        if (longest == 0)
            longest = (long)PoolSamples * Reuse;
        return (int)Math.Clamp((longest + SamplesPerStream - 1) / SamplesPerStream, 1, int.MaxValue);
    }

    /// <summary>The learning rate of a step: a warm-up, then as the schedule says.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="fraction">How much of the run is over.</param>
    internal double LearningRateAt(int step, double fraction)
    {
        double warm = Math.Min(1, (step + 1.0) / (WarmUpSteps + 1)),
            left = Math.Max(0, 1 - fraction);
        return LearningRate
            * warm
            * Schedule switch
            {
                HeadSchedule.Cosine => (1 - Math.Cos(Math.PI * left)) / 2,
                HeadSchedule.Linear => left,
                _ => 1,
            };
    }

    private static void Require(bool condition, string name, object? value, string right)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, value, $"{name} should be {right}.");
    }
}
