using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Encoders.CoCa;

/// <summary>
/// CoCa's: always the whole context, filled up with id 0, and behind it a class token, at whose place the caption is pooled; each place
/// sees those before it that are not id 0.
/// </summary>
internal sealed class CoCaTextLayout(ClipTextConfig config) : TextLayout
{
    private const int Padding = 0;

    public override int Ids(int length) => config.ContextLength;

    public override int Places(int length) => config.ContextLength + 1;

    public override int Pooled(ReadOnlySpan<int> ids) => config.ContextLength;

    public override void Fill(TokenizedText text, int given, Span<long> ids, Span<float> mask)
    {
        Put(text, text.Length < given ? text.Length : given, ids, Padding);
        int places = ids.Length + 1;
        for (int query = 0; query < places; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                // open_clip, _build_additive_mask: what is padding is told one place too far on, and all published CoCas were trained so.
                if (key == 0 || ids[key - 1] != Padding)
                    mask[(query * places) + key] = 0;
            }
        }
    }
}
