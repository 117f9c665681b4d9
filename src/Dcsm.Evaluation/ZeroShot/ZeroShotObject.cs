namespace Dcsm.Evaluation.ZeroShot;

/// <summary>How well one object is named.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pictures">How many pictures of it were shown.</param>
/// <param name="Right">How many were named rightly, by one prompt.</param>
/// <param name="MistakenFor">The wrong name given most often; empty where there is none.</param>
public sealed record ZeroShotObject(string Name, int Pictures, int Right, string MistakenFor);
