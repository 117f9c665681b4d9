using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statements;
using Dcsm.Head;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>Scores by rule, knowing which picture and which statement it is given.</summary>
internal sealed class StatementScorer : IScorer
{
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    public StatementScorer(StatementTestSet tests)
    {
        Tests = tests;
        foreach (WrittenStatement written in tests.Pictures.SelectMany(picture => picture.Statements))
            _statements[written.Text] = written.Statement;
    }

    public StatementTestSet Tests { get; }

    public required string Name { get; init; }

    /// <summary>Tells pictures apart by the order in which they come, so each evaluation needs its own.</summary>
    public IEncoder Encoder { get; init; } = NewEncoder();

    public int TextTokens { get; init; }

    public ScoreCalibration? Calibration { get; init; }

    public IReadOnlyDictionary<string, string> Description { get; } = new Dictionary<string, string> { ["method"] = "fake" };

    /// <summary>Whether the statement is true of the picture, the picture's place, and the text.</summary>
    public required Func<bool?, int, string, float> Rule { get; init; }

    public static FakeEncoder NewEncoder(int contextLength = 24) => new() { Picture = i => [i, 0, 0, 0], ContextLength = contextLength };

    public static StatementTestSet NewTests(int pictures = 12, ulong seed = 5, params SplitPart[] parts) =>
        new(
            new StatementSampler(Objects.Library, Objects.Sampler().Split),
            Objects.Library,
            parts.Length == 0 ? [SplitPart.UnseenObjects] : parts,
            pictures,
            seed
        );

    public static StatementScorer Perfect(StatementTestSet tests, string name = "perfect") =>
        new(tests) { Name = name, Rule = (isTrue, _, _) => isTrue == true ? 1 : 0 };

    public static StatementScorer Constant(StatementTestSet tests, string name = "constant") =>
        new(tests) { Name = name, Rule = (_, _, _) => 0.25f };

    public float[,] Score(ImageEncoding images, TextEncoding captions)
    {
        float[,] scores = new float[images.Pooled.Count, captions.Texts.Count];
        for (int i = 0; i < images.Pooled.Count; i++)
        {
            int picture = (int)images.Pooled[i][0];
            for (int c = 0; c < captions.Texts.Count; c++)
            {
                string text = captions.Texts[c].Text;
                bool? isTrue = _statements[text].IsTrueOf(Tests.Pictures[picture].Said.Scene, Objects.Library);
                scores[i, c] = Rule(isTrue, picture, text);
            }
        }

        return scores;
    }
}
