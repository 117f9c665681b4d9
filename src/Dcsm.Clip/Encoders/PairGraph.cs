using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders;

/// <summary>
/// What judges a picture and a caption together. <paramref name="Vision"/> gives <see cref="TransformerGraph.Embeddings"/>, here an image's
/// features, [images · tokens, width]; <paramref name="Match"/> takes them of one image as <see cref="TransformerGraph.Features"/>
/// [tokens, width], with ids and mask of its captions, to <see cref="TransformerGraph.Embeddings"/> [texts, 2]: logits of no match, match.
/// </summary>
/// <param name="Vision">Pixels to features.</param>
/// <param name="Match">Features and captions to logits.</param>
/// <param name="StartToken">The id that captions begin with here, instead of their usual one.</param>
internal sealed record PairGraph(OnnxGraph Vision, OnnxGraph Match, int StartToken);
