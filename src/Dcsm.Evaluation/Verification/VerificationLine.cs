namespace Dcsm.Evaluation.Verification;

/// <summary>One thing that was checked of a CLIP.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Passed">Whether it is as it should be; null where nothing is known to compare with.</param>
/// <param name="Finding">What was found.</param>
public sealed record VerificationLine(string Name, bool? Passed, string Finding);
