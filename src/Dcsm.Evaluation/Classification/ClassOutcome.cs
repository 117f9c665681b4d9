namespace Dcsm.Evaluation.Classification;

/// <summary>How well the pictures of one class are named.</summary>
/// <param name="Name">The class.</param>
/// <param name="Pictures">How many there are.</param>
/// <param name="Right">How many are named rightly.</param>
/// <param name="MistakenFor">The wrong class that is named most often; empty where there is none.</param>
/// <param name="AveragePrecision">Its average precision; null where pictures have one class each.</param>
public sealed record ClassOutcome(string Name, int Pictures, int Right, string MistakenFor, double? AveragePrecision);
