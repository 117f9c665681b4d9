using Dcsm.Clip.Models;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Encoders;

/// <summary>
/// The fields of a tower. transformers before 4.27 wrote them under <c>*_config_dict</c>, too, and takes those where both are there.
/// </summary>
internal readonly struct TowerFields(JsonField file, string name)
{
    private readonly JsonField? _old = file.Optional(name + "_dict"),
        _new = file.Optional(name);

    public JsonField? Optional(string field) => _old?.Optional(field) ?? _new?.Optional(field);

    public InvalidDataException Wrong(string message) => (_new ?? _old ?? file).Wrong(message);

    /// <summary>A text tower; what the file leaves out is as in <paramref name="defaults"/>.</summary>
    public ClipTextConfig Text(ClipTextConfig defaults) =>
        defaults with
        {
            HiddenSize = Whole("hidden_size", defaults.HiddenSize),
            IntermediateSize = Whole("intermediate_size", defaults.IntermediateSize),
            Layers = Whole("num_hidden_layers", defaults.Layers),
            Heads = Whole("num_attention_heads", defaults.Heads),
            VocabularySize = Whole("vocab_size", defaults.VocabularySize),
            ContextLength = Whole("max_position_embeddings", defaults.ContextLength),
            Activation = Activation(defaults.Activation),
            LayerNormEpsilon = Optional("layer_norm_eps")?.Number() ?? defaults.LayerNormEpsilon,
            StartToken = Whole("bos_token_id", defaults.StartToken, atLeast: 0),
            EndToken = Whole("eos_token_id", defaults.EndToken, atLeast: 0),
            PadToken = Whole("pad_token_id", defaults.PadToken, atLeast: 0),
        };

    /// <summary>An image tower; what the file leaves out is as in <paramref name="defaults"/>.</summary>
    public ClipVisionConfig Vision(ClipVisionConfig defaults) =>
        defaults with
        {
            HiddenSize = Whole("hidden_size", defaults.HiddenSize),
            IntermediateSize = Whole("intermediate_size", defaults.IntermediateSize),
            Layers = Whole("num_hidden_layers", defaults.Layers),
            Heads = Whole("num_attention_heads", defaults.Heads),
            Channels = Whole("num_channels", defaults.Channels),
            ImageSize = Whole("image_size", defaults.ImageSize),
            PatchSize = Whole("patch_size", defaults.PatchSize),
            Activation = Activation(defaults.Activation),
            LayerNormEpsilon = Optional("layer_norm_eps")?.Number() ?? defaults.LayerNormEpsilon,
        };

    /// <summary>A whole number.</summary>
    public int Whole(string field, int otherwise, int atLeast = 1) => Optional(field)?.Whole(atLeast) ?? otherwise;

    private ClipActivation Activation(ClipActivation otherwise) => Optional("hidden_act")?.OneOf(ClipConfig.Activations) ?? otherwise;
}
