using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Which types of answers are chosen on NegBench's multiple choice, the lowest of tied options being the answer.</summary>
/// <param name="Predictions">
/// How often each type is the answer: a right one is of the question's type, a wrong one of the type of its place.
/// </param>
/// <param name="WrongAnswers">By the type of the question: how many wrong answers are of each type.</param>
/// <param name="WrongPercentages">The share of each type among all wrong answers, percent; empty where no answer is wrong.</param>
/// <param name="MostCommonWrong">The type with the most wrong answers; several where they are equal, none where no answer is wrong.</param>
public sealed record AnswerTypes(
    IReadOnlyDictionary<string, int> Predictions,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> WrongAnswers,
    IReadOnlyDictionary<string, double> WrongPercentages,
    IReadOnlyList<string> MostCommonWrong
)
{
    /// <summary>
    /// How often each type is the answer: a right one is of the question's type, a wrong one of the type of its place.
    /// </summary>
    public IReadOnlyDictionary<string, int> Predictions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Predictions);

    /// <summary>By the type of the question: how many wrong answers are of each type.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> WrongAnswers
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(WrongAnswers);

    /// <summary>The share of each type among all wrong answers, percent; empty where no answer is wrong.</summary>
    public IReadOnlyDictionary<string, double> WrongPercentages
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(WrongPercentages);

    /// <summary>The type with the most wrong answers; several where they are equal, none where no answer is wrong.</summary>
    public IReadOnlyList<string> MostCommonWrong
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(MostCommonWrong);

    /// <summary>The types in the order of the published evaluation.</summary>
    public static IReadOnlyList<string> All { get; } = ["positive", "negative", "hybrid"];
}
