using Dcsm.Benchmarks.Compare;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>Our training at the official settings, over a few batches in turn.</summary>
internal sealed class OwnTraining : IDisposable
{
    /// <summary>Batches.</summary>
    public const int Count = 3;

    private readonly TorchHead _head;
    private readonly HeadTrainingStep _step;

    public OwnTraining()
    {
        Head = Inputs.Head(MapStandardization.WholeBatch);
        HeadTrainingOptions options = HeadTrainingOptions.Official;
        _head = new TorchHead(Head.Config, Head.Weights);
        var adam = new AdamW(_head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8);
        _step = new HeadTrainingStep(Head.Config, options, OfficialBatch.Sets, _head, adam);
        Batches = [.. Enumerable.Range(0, Count).Select(number => new OfficialBatch(Head.Config, number))];
    }

    /// <summary>The head that training begins with.</summary>
    public DcsmHead Head { get; }

    public IReadOnlyList<OfficialBatch> Batches { get; }

    /// <summary>Inputs of the Python peer.</summary>
    public IReadOnlyDictionary<string, (int[] Shape, float[] Values)> Tensors
    {
        get
        {
            var tensors = HeadTensors
                .Shapes(Head.Config)
                .ToDictionary(t => t.Name, t => (t.Shape, HeadTensors.Values(Head.Weights, t.Name).ToArray()));
            const int Groups = OfficialBatch.Sets * OfficialBatch.Versions,
                Items = 2 * OfficialBatch.Samples;
            tensors["images"] = (
                [Count, Groups, Items, Inputs.ImageTokens, Inputs.Dimension],
                [.. Batches.SelectMany(batch => batch.Official.SelectMany(group => group.Images.data<float>().ToArray()))]
            );
            tensors["texts"] = (
                [Count, Groups, Items, Inputs.TextTokens, Inputs.Dimension],
                [.. Batches.SelectMany(batch => batch.Official.SelectMany(group => group.Texts.data<float>().ToArray()))]
            );
            return tensors;
        }
    }

    /// <summary>Settings of the Python peer.</summary>
    public object Settings =>
        new
        {
            rate = HeadTrainingOptions.Official.LearningRate,
            words = Head.Config.Words.Words,
            captions = Batches.Select(batch => batch.Official.Select(group => group.Captions)),
        };

    /// <summary>One step.</summary>
    /// <param name="number">Which; the batches take turns.</param>
    /// <returns>The loss.</returns>
    public double Step(int number) => _step.Run(Batches[number % Count].Own, HeadTrainingOptions.Official.LearningRate).Loss;

    public void Dispose()
    {
        _step.Dispose();
        _head.Dispose();
        foreach (OfficialBatch batch in Batches)
            batch.Dispose();
    }
}
