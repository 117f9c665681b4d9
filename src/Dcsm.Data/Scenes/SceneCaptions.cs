using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes;

/// <summary>Captions as the official training writes them: "a" before vowels too.</summary>
internal static class SceneCaptions
{
    public static IReadOnlyList<string> Negations { get; } = ["and not", "but no", "without"];

    /// <summary>The relations, each beside its inverse: relation <c>r ^ 1</c> is the inverse of <c>r</c>.</summary>
    public static IReadOnlyList<string> Relations { get; } = ["above", "below", "to the left of", "to the right of"];

    /// <summary>"A picture of a red apple and a blue pear", told in either order.</summary>
    public static string[] Attributes(string firstAttribute, string first, string secondAttribute, string second) =>
        [
            $"A picture of a {firstAttribute} {first} and a {secondAttribute} {second}",
            $"A picture of a {secondAttribute} {second} and a {firstAttribute} {first}",
        ];

    /// <summary>"A picture of a apple above a pear", and the same told by the inverse relation.</summary>
    public static string[] Related(string first, int relation, string second) =>
        [$"A picture of a {first} {Relations[relation]} a {second}", $"A picture of a {second} {Relations[relation ^ 1]} a {first}"];

    /// <summary>"An image of a apple but no a pear", in two different wordings.</summary>
    public static string[] Negated(ref SceneRandom random, string shown, string absent)
    {
        int wording = random.NextInt(Negations.Count);
        int other = (wording + 1 + random.NextInt(Negations.Count - 1)) % Negations.Count;
        return [$"An image of a {shown} {Negations[wording]} a {absent}", $"An image of a {shown} {Negations[other]} a {absent}"];
    }
}
