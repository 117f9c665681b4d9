using System.Globalization;
using System.Numerics;

namespace Dcsm.Evaluation.Statistics;

/// <summary>Which of an item's options has the highest score, and what that counts when several share it.</summary>
/// <param name="Chosen">The highest option, the lowest place among tied ones, as argmax has it.</param>
/// <param name="Right">Place of the right option.</param>
/// <param name="Tied">How many options share the highest score; 1 without a tie.</param>
/// <param name="RightIsBest">Whether the right option has the highest score, alone or shared.</param>
public readonly record struct Choice(int Chosen, int Right, int Tied, bool RightIsBest)
{
    /// <summary>Whether several options share the highest score.</summary>
    public bool IsTie => Tied > 1;

    /// <summary>As published code counts: argmax, so that a tie is right or wrong by the place of the right option.</summary>
    public bool Official => Chosen == Right;

    /// <summary>Right only when no other option has the same score.</summary>
    public bool Strict => RightIsBest && Tied == 1;

    /// <summary>What choosing at random among the tied options gives on average: 1/m for m tied ones.</summary>
    public double Expected => RightIsBest ? 1.0 / Tied : 0;

    /// <summary>Chooses among <paramref name="scores"/>.</summary>
    /// <param name="scores">One score per option, at least one.</param>
    /// <param name="right">Place of the right option.</param>
    /// <param name="item">What the item is called, for the error.</param>
    /// <exception cref="InvalidDataException">A score is NaN: argmax would choose it.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="right"/> is not an option.</exception>
    public static Choice Of(ReadOnlySpan<float> scores, int right, string item) => Among(scores, right, item);

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, int, string)"/>
    public static Choice Of(ReadOnlySpan<double> scores, int right, string item) => Among(scores, right, item);

    private static Choice Among<T>(ReadOnlySpan<T> scores, int right, string item)
        where T : struct, IFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(right, scores.Length);

        int chosen = 0,
            tied = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (T.IsNaN(scores[i]))
            {
                throw new InvalidDataException(
                    string.Create(CultureInfo.InvariantCulture, $"{item}: the score of option {i} is NaN; every score must be a number.")
                );
            }

            if (i == 0 || scores[i] > scores[chosen])
            {
                chosen = i;
                tied = 1;
            }
            else if (scores[i] == scores[chosen])
            {
                tied++;
            }
        }

        return new Choice(chosen, right, tied, scores[right] == scores[chosen]);
    }
}
