namespace Dcsm.Data.Benchmarks;

/// <summary>
/// What the official DCSM evaluation (src/evaluating/run_evals.py of Raphoo/DCSM_Ideal_CLIP) makes of captions before it scores
/// them. Some of it is wrong, as "behind" is not "above": for comparison with published numbers, and for nothing else.
/// Benchmarks are named as here ("whatsup-a") or as there ("whatsUp_A").
/// </summary>
public static class OfficialTexts
{
    private static readonly Dictionary<string, string> OfficialNames = new(StringComparer.Ordinal)
    {
        ["coco-qa-1"] = "coco_spatial1",
        ["coco-qa-2"] = "coco_spatial2",
        ["vg-qa-1"] = "vg_subset1",
        ["vg-qa-2"] = "vg_subset2",
        ["whatsup-a"] = "whatsUp_A",
        ["whatsup-b"] = "whatsUp_B",
        ["ncd-1"] = "ncd_subset1",
        ["ncd-2"] = "ncd_subset2",
        ["clevrbind-train"] = "clevr_bind_2obj_train",
        ["clevrbind-val"] = "clevr_bind_2obj_valid",
        ["clevrbind-gen"] = "clevr_bind_2obj_gen",
        ["vg-attribution"] = "vg_attr",
        ["negbench-coco"] = "negbench_coco",
        ["negbench-voc"] = "negbench_voc",
    };

    /// <summary>The column of the official results file; null for what is not evaluated there.</summary>
    /// <param name="benchmark">A name as here.</param>
    public static string? OfficialName(string benchmark) => OfficialNames.GetValueOrDefault(benchmark);

    /// <summary>What the loader does, for all models: WhatsUp gets "above" and "below", inside of words too ("onion").</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="caption">The caption as the file has it.</param>
    public static string Load(string benchmark, string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return Official(benchmark) is "whatsUp_A" or "whatsUp_B"
            ? caption.Replace(" on", " above", StringComparison.Ordinal).Replace(" under", " below", StringComparison.Ordinal)
            : caption;
    }

    /// <summary>What is put in front, for all models; mostly nothing.</summary>
    /// <param name="benchmark">The benchmark.</param>
    public static string Prefix(string benchmark)
    {
        string name = Official(benchmark);
        if (name.Contains("clevr", StringComparison.Ordinal))
            return "An image of a ";
        return name.Contains("whats", StringComparison.Ordinal) || name.Contains("vg_attr", StringComparison.Ordinal) ? "An image of " : "";
    }

    /// <summary>What is replaced for DCSM models only, in every benchmark, before the prefix is put in front.</summary>
    /// <param name="caption">The caption as the loader gives it.</param>
    public static string Rewrite(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        return caption
            .Replace(" behind ", " above ", StringComparison.Ordinal)
            .Replace(" in front of ", " below ", StringComparison.Ordinal)
            .Replace(" bottom", " below", StringComparison.Ordinal)
            .Replace(" top", " above", StringComparison.Ordinal);
    }

    /// <summary>The text that CLIP and the other baselines are given.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="caption">The caption as the file has it.</param>
    public static string ForBaselines(string benchmark, string caption) => Prefix(benchmark) + Load(benchmark, caption);

    /// <summary>The text that DCSM models are given.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="caption">The caption as the file has it.</param>
    public static string ForDcsm(string benchmark, string caption) => Prefix(benchmark) + Rewrite(Load(benchmark, caption));

    private static string Official(string benchmark)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return OfficialNames.GetValueOrDefault(benchmark, benchmark);
    }
}
