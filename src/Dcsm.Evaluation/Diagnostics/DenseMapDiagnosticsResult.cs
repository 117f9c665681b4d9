using Dcsm.Data.Scenes;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Diagnostics;

/// <summary>
/// How well the words of a CLIP point. An AUC is the chance that a patch mostly on the word's own object has a higher cosine with the
/// word than another patch has: 0.5 says nothing, below it the word points away. Means over scenes and both objects.
/// </summary>
/// <param name="Encoder">The model's name.</param>
/// <param name="Fingerprint">The model's fingerprint.</param>
/// <param name="Part">The part of the split.</param>
/// <param name="Scenes">How many scenes of two tinted objects.</param>
/// <param name="Seed">Their seed.</param>
/// <param name="NounAgainstOther">AUC of a noun, own object against the other object.</param>
/// <param name="NounAgainstBackground">AUC of a noun, own object against background.</param>
/// <param name="ColorAgainstOther">AUC of a color word, own object against the other object.</param>
/// <param name="ColorAgainstBackground">AUC of a color word, own object against background.</param>
/// <param name="HighestAtClsAndEnd">
/// Share of maps (without padding) whose highest value lies at the CLS patch and the end token, as in a sound CLIP.
/// </param>
/// <param name="HighestAtCls">Share of maps whose highest value lies at the CLS patch, whatever the token.</param>
/// <param name="HighestAtEnd">Share of maps whose highest value lies at the end token, whatever the patch.</param>
public sealed record DenseMapDiagnosticsResult(
    string Encoder,
    string Fingerprint,
    SplitPart Part,
    int Scenes,
    ulong Seed,
    double NounAgainstOther,
    double NounAgainstBackground,
    double ColorAgainstOther,
    double ColorAgainstBackground,
    double HighestAtClsAndEnd,
    double HighestAtCls,
    double HighestAtEnd
)
{
    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);
}
