using Dcsm.Clip.Tokenization;

namespace Dcsm.Training.Samples;

/// <summary>
/// A sample as CLIP gives it, before any functional word has its place: what heads of all kinds can be trained on. Kept as half floats,
/// as pools are.
/// </summary>
/// <param name="Images">The image, and the negative one if there is one. [1 or 2, imageTokens, dimension]</param>
/// <param name="Texts">Caption and negative caption, paraphrase by paraphrase. [2 · paraphrases, textTokens, dimension]</param>
/// <param name="Captions">Their tokens. [2 · paraphrases]</param>
internal sealed record SampleEncoding(Half[] Images, Half[] Texts, TokenizedText[] Captions);
