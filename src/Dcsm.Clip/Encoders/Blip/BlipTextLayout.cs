using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Encoders.Blip;

/// <summary>BERT's: everyone attends to every real token; pooled at the first.</summary>
internal sealed class BlipTextLayout(ClipTextConfig config) : TextLayout
{
    public override int Pooled(ReadOnlySpan<int> ids) => 0;

    public override void Fill(TokenizedText text, int given, Span<long> ids, Span<float> mask)
    {
        Put(text, given, ids, config.PadToken);
        for (int query = 0; query < given; query++)
            mask.Slice(query * given, Math.Clamp(text.Length, 1, given)).Clear();
    }
}
