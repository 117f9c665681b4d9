using System.Globalization;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Torch;
using static TorchSharp.torch;

namespace Dcsm.Training.Adaptation.LowRank;

/// <summary>
/// CLIP is frozen but for low-rank updates of its attentions' queries and values (LoRA, Hu et al., 2021), which are added to the
/// weights afterwards. α is twice the rank.
/// </summary>
internal sealed class LowRankMethod : ClipTuningMethod
{
    /// <inheritdoc/>
    public override string Name => "lora";

    /// <inheritdoc/>
    public override double LearningRate => 9e-3;

    internal override string RecordName => "LowRank";

    internal override bool HasRank => true;

    /// <inheritdoc/>
    public override string Title(AdaptationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture, $"LoRA, rank {options.Rank}");
    }

    internal override TrainedParameters Choose(TorchClip model, AdaptationOptions options, Generator? generator)
    {
        var updates = model
            .Parameters.Where(p =>
                p.Key.EndsWith(".self_attn.q_proj.weight", StringComparison.Ordinal)
                || p.Key.EndsWith(".self_attn.v_proj.weight", StringComparison.Ordinal)
            )
            .ToDictionary(
                p => p.Key,
                p => new LowRankUpdate(p.Value.shape[0], p.Value.shape[1], options.Rank, alpha: 2 * options.Rank, generator),
                StringComparer.Ordinal
            );
        foreach ((string name, LowRankUpdate update) in updates)
            model.Additions[name] = update.Apply;
        return new TrainedParameters(
            updates
                .SelectMany(p => new[] { KeyValuePair.Create(p.Key + ".A", p.Value.A), KeyValuePair.Create(p.Key + ".B", p.Value.B) })
                .ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            Merge: () =>
            {
                foreach ((string name, LowRankUpdate update) in updates)
                    model.Parameters[name].Add(update.Delta());
                model.Additions.Clear();
            }
        );
    }
}
