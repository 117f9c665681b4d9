using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>Which evaluation a benchmark has, by its name.</summary>
internal static class BenchmarkNames
{
    public const string WhatsUpA = "whatsup-a";
    public const string WhatsUpB = "whatsup-b";
    public const string VgAttribution = "vg-attribution";
    public const string VgRelation = "vg-relation";
    public const string SugarCrepe = "sugarcrepe";
    public const string SugarCrepePlus = "sugarcrepe-pp";
    public const string SugarCrepePlusText = "sugarcrepe-pp-text";
    public const string Valse = "valse";
    public const string VlCheckList = "vl-checklist";
    public const string Winoground = "winoground";
    public const string ColaPairs = "cola-pairs";
    public const string NegBenchSynthetic = "negbench-synthetic";

    public static bool IsWhatsUp(string name) => name is WhatsUpA or WhatsUpB;

    public static bool IsQuestionAnswering(string name) => name is "coco-qa-1" or "coco-qa-2" or "vg-qa-1" or "vg-qa-2";

    public static bool IsOrder(string name) => name is "coco-order" or "flickr-order";

    public static bool IsClevrBind(string name) => name.StartsWith("clevrbind-", StringComparison.Ordinal);

    public static bool IsCrepe(string name) => name.StartsWith("crepe-", StringComparison.Ordinal);

    /// <summary>Those whose own programs ask whether the right caption's score is greater: a tie is wrong.</summary>
    public static bool CountsTiesAsWrong(string name) => name is SugarCrepe or Valse or VlCheckList;

    public static bool IsNegBenchChoice(string name) => name is "negbench-coco" or "negbench-voc" or NegBenchSynthetic;

    /// <summary>The fourteen sets of run_evals.py of the official DCSM code.</summary>
    public static bool IsInDcsmEvaluation(string name) => OfficialTexts.OfficialName(name) is not null;
}
