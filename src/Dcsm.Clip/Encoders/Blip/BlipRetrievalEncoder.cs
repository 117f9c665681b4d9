using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Encoders.Blip;

/// <summary>
/// BLIP for retrieval: transformers' <c>BlipForImageTextRetrieval</c>, LAVIS' <c>blip_image_text_matching</c>. Its embeddings are
/// compared by cosine (ITC); its matching head (ITM) reads a picture and a caption together.
/// </summary>
internal sealed class BlipRetrievalEncoder : BlipEncoder
{
    public override string Name => "blip_retrieval";

    public override IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; } =
    [("text_encoder.embeddings.word_embeddings.weight", ClipCheckpointFormat.HuggingFace)];

    protected override string ClassName => "BlipForImageTextRetrieval";

    // LAVIS, init_tokenizer: [DEC] and [ENC] are the two last tokens. transformers' files name the first alone.
    public override PairGraph Pairs(ClipConfig config, GraphWeights weights)
    {
        var graphs = new BlipGraphs(config, isBase: false, weights);
        return new PairGraph(graphs.Features(), graphs.Match(), config.Text.VocabularySize - 1);
    }
}
