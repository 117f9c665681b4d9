using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>
/// NegBench's multiple choice as its published code counts it, with what is odd in it: the type of a wrong answer is assumed from its
/// place; in the synthetic set the second hybrid place overwrites the first among the percentages, so that they need not add up
/// to 100; and the code stops, with no result, where no answer is wrong or where a wrong answer is in a place that it has no type for.
/// </summary>
/// <param name="Stops">Why the published code stops without a result; null where it gives one.</param>
/// <param name="TotalAccuracy">Share of all items that is right.</param>
/// <param name="TypeAccuracy">The same by the type of the question; NaN where there are none.</param>
/// <param name="Predictions">How often each type is the answer.</param>
/// <param name="WrongAnswers">By the type of the question: wrong answers of each type.</param>
/// <param name="WrongPercentages">The share of each type among the wrong answers, percent, as that code has it.</param>
/// <param name="MostCommonWrong">
/// The type of the place with the most wrong answers, the first of equal ones; empty where the code stops.
/// </param>
public sealed record NegBenchOfficial(
    string? Stops,
    double TotalAccuracy,
    IReadOnlyDictionary<string, double> TypeAccuracy,
    IReadOnlyDictionary<string, int> Predictions,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> WrongAnswers,
    IReadOnlyDictionary<string, double> WrongPercentages,
    string MostCommonWrong
)
{
    /// <summary>The same by the type of the question; NaN where there are none.</summary>
    public IReadOnlyDictionary<string, double> TypeAccuracy
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(TypeAccuracy);

    /// <summary>How often each type is the answer.</summary>
    public IReadOnlyDictionary<string, int> Predictions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Predictions);

    /// <summary>By the type of the question: wrong answers of each type.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> WrongAnswers
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(WrongAnswers);

    /// <summary>The share of each type among the wrong answers, percent, as that code has it.</summary>
    public IReadOnlyDictionary<string, double> WrongPercentages
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(WrongPercentages);
}
