namespace Dcsm.Clip.Models;

/// <summary>Activation of a CLIP's MLP (<c>hidden_act</c>).</summary>
public enum ClipActivation
{
    /// <summary>x · σ(1.702 x): OpenAI's CLIPs.</summary>
    QuickGelu,

    /// <summary>The exact GELU, by the error function: most open_clip models.</summary>
    Gelu,

    /// <summary>GELU by its approximation with tanh: SigLIP.</summary>
    TanhGelu,
}
