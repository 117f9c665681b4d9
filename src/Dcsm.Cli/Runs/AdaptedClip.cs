using Dcsm.Evaluation.ZeroShot;
using Dcsm.Training.Adaptation;

namespace Dcsm.Cli.Runs;

/// <summary>A way of adapting a CLIP, and what came of it.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Run">How it was trained; null for CLIP as it is.</param>
/// <param name="Naming">Single objects that the CLIP underneath still names.</param>
internal sealed record AdaptedClip(string Name, AdaptationRun? Run, ZeroShotResult Naming);
