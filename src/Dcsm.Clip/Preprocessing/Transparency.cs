namespace Dcsm.Clip.Preprocessing;

/// <summary>What becomes of the transparent parts of a picture.</summary>
public enum Transparency
{
    /// <summary>Laid on white, as today's transformers (5) does it. The default.</summary>
    OnWhite,

    /// <summary>The alpha channel is dropped, as openai/CLIP and transformers 4 do it: what was hidden is seen.</summary>
    Dropped,
}
