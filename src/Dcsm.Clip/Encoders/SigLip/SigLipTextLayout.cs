using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Encoders.SigLip;

/// <summary>
/// SigLIP's: always the whole context, filled up with padding that everyone attends to, as it was trained; pooled at the last place.
/// </summary>
internal sealed class SigLipTextLayout(ClipTextConfig config) : TextLayout
{
    public override bool HasMask => false;

    public override int Ids(int length) => config.ContextLength;

    public override int Pooled(ReadOnlySpan<int> ids) => config.ContextLength - 1;

    public override void Fill(TokenizedText text, int given, Span<long> ids, Span<float> mask) => Put(text, given, ids, config.PadToken);
}
