using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.IO.Json;
using Dcsm.Training.Torch;
using Counts = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, long>>;
using Figures = System.Collections.Generic.IReadOnlyDictionary<string, System.Collections.Generic.IReadOnlyDictionary<string, double>>;

namespace Dcsm.Training.Heads;

/// <summary>The best validated step of a run so far, with its weights, and how many validations have passed since.</summary>
internal sealed class HeadSelection
{
    private readonly HeadTrainingOptions _options;
    private double _best = double.NegativeInfinity;

    public HeadSelection(HeadTrainingOptions options, IHeadTrainingSource source)
    {
        _options = options;
        if (options.ChooseBy is { } part && options.ValidationSamples > 0 && !source.Validation.ContainsKey(part))
        {
            throw new ArgumentException(
                source.Validation.Count == 0
                    ? $"{nameof(options.ChooseBy)} is '{part}', but this source has no validation."
                    : $"{nameof(options.ChooseBy)} is '{part}', which is none of {string.Join(", ", source.Validation.Keys)}.",
                nameof(options)
            );
        }
    }

    /// <summary>The step; null before the first validation.</summary>
    public int? Step { get; private set; }

    /// <summary>Its validation.</summary>
    public Figures Figures { get; private set; } = HeadTrainingProgress.NoValidation;

    /// <summary>How many comparisons each figure is of.</summary>
    public Counts Counted { get; private set; } = new Dictionary<string, IReadOnlyDictionary<string, long>>();

    /// <summary>Its weights, by name; empty where the last step is chosen.</summary>
    public IReadOnlyDictionary<string, (int[] Shape, float[] Values)> Weights { get; private set; } =
        new Dictionary<string, (int[] Shape, float[] Values)>();

    /// <summary>The last step that was validated.</summary>
    public int LastStep { get; private set; }

    /// <summary>Validations since the best one.</summary>
    public int Since { get; private set; }

    /// <summary>Whether patience is at its end.</summary>
    public bool IsExhausted => _options.Patience > 0 && Since >= _options.Patience;

    /// <summary>What the choice is made by, for the record.</summary>
    public string Measure(Figures figures) => _options.ChooseBy ?? $"mean of {string.Join(", ", figures.Keys)}";

    /// <summary>Takes a validation.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Add(int step, Figures figures, Counts counted, TorchHead head)
    {
        LastStep = step;
        if (figures.Count == 0)
            return false;
        double value = Value(figures);
        bool better = value > _best;
        Since = better ? 0 : Since + 1;
        if (better || _options.Choose == HeadChoice.Last)
        {
            (Step, Figures, Counted) = (step, figures, counted);
            if (_options.Choose == HeadChoice.Best)
                Weights = head.Parameters.ToDictionary(p => p.Key, p => p.Value.Values(), StringComparer.Ordinal);
        }
        _best = Math.Max(_best, value);
        return better;
    }

    /// <summary>What a checkpoint keeps beside the weights.</summary>
    public string Save() =>
        new JsonObject
        {
            ["step"] = Step,
            ["best"] = double.IsFinite(_best) ? _best : null,
            ["since"] = Since,
            ["last"] = LastStep,
            ["figures"] = JsonSerializer.SerializeToNode(Figures),
            ["counted"] = JsonSerializer.SerializeToNode(Counted),
        }.ToJsonString();

    public void Restore(JsonField saved, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> weights)
    {
        Step = saved.Optional("step")?.Whole(0);
        _best = saved.Optional("best")?.Number() ?? double.NegativeInfinity;
        Since = saved.Field("since").Whole(0);
        LastStep = saved.Field("last").Whole(0);
        Figures = saved
            .Field("figures")
            .Fields()
            .ToDictionary(
                part => part.Name,
                part => (IReadOnlyDictionary<string, double>)part.Fields().ToDictionary(stream => stream.Name, stream => stream.Number())
            );
        if (saved.Optional("counted") is { } counted)
        {
            Counted = counted
                .Fields()
                .ToDictionary(
                    part => part.Name,
                    part => (IReadOnlyDictionary<string, long>)part.Fields().ToDictionary(stream => stream.Name, stream => stream.Whole(0L))
                );
        }

        Weights = weights;
    }

    private double Value(Figures figures) =>
        (_options.ChooseBy is { } part ? figures[part].Values : figures.Values.SelectMany(streams => streams.Values)).Average();
}
