using Dcsm.Benchmarks.Compare;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;

namespace Dcsm.Benchmarks.Works;

/// <summary>What int8 costs in right answers: the small CLIP and the head that ship, on scenes of objects new to the head.</summary>
internal sealed class Int8Work : IWork
{
    private const int SamplesOfAKind = 300;

    public string Name => "int8";

    public IEnumerable<Row> Measure(Session session)
    {
        Session.Say("scenes in float32 and in int8");
        string directory = Repository.Path("data", "clip-small");
        using var exact = ClipModel.Load(directory);
        using var int8 = ClipModel.Load(directory, new ClipOptions { Precision = ClipPrecision.Int8 });
        var head = DcsmHead.Load(Repository.Path("data", "head-small"));
        var library = ObjectLibrary.Load(Repository.Path("data", "objects"));
        HashSet<string> known = File.ReadAllLines(Path.Combine(directory, "objects.txt")).ToHashSet(StringComparer.Ordinal);
        // The split that the head was trained with.
        var split = SceneSplit.Create([.. library.Objects.Select(thing => thing.Name).Where(known.Contains)], seed: 1);
        var tests = SceneTestSet.Sample(new SceneSampler(library, split), library, [SplitPart.UnseenObjects], SamplesOfAKind, seed: 20_002);
        SceneEvaluationResult result = SceneEvaluation.Run(
            tests,
            [new DcsmHeadScorer(exact, head, "float32"), new DcsmHeadScorer(int8, head, "int8")]
        );
        foreach (SceneCell cell in result.Cells.Where(cell => cell.Scorer == "int8"))
        {
            Measurement ofInt8 = Percent(cell),
                ofExact = Percent(result.Cells.Single(other => other.Scorer == "float32" && other.Kind == cell.Kind));
            string kind = cell.Kind is { } one ? one.ToString().ToLowerInvariant() : "mean of kinds";
            // A single kind's loss is for information; what is promised is the mean.
            yield return new Row(
                $"right captions, int8, {kind}",
                "float32",
                ofExact.Median - ofInt8.Median,
                cell.Kind is null ? 1 : null,
                ofInt8,
                ofExact,
                "%",
                $"points lost, {SamplesOfAKind} samples of each kind",
                AtMost: true
            );
        }
    }

    private static Measurement Percent(SceneCell cell) => new(100 * cell.Accuracy.Value, 100 * cell.Accuracy.Low, 100 * cell.Accuracy.High);
}
