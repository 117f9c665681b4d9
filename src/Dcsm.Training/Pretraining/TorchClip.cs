using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Torch;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// CLIP's two transformers as TorchSharp functions over parameters that carry the names of a Hugging Face
/// CLIP (modeling_clip.py), so that what is trained is what is saved. Activation: quick_gelu.
/// </summary>
internal sealed class TorchClip
{
    private const double LayerNormEps = 1e-5;

    /// <summary>The name of <see cref="LogitBias"/>.</summary>
    public const string Bias = "logit_bias";

    private readonly SortedDictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);
    private readonly ClipPretrainingOptions _options;
    private readonly Generator? _generator;

    /// <param name="options">The sizes.</param>
    /// <param name="vocabularySize">Number of tokens.</param>
    /// <param name="generator">
    /// Where initial weights are drawn from: an own one, because libtorch's default is one for all threads. Null: that one.
    /// </param>
    public TorchClip(ClipPretrainingOptions options, int vocabularySize, Generator? generator = null)
    {
        (_options, _generator) = (options, generator);
        int patches = options.ImageSize / options.PatchSize;
        int patchValues = 3 * options.PatchSize * options.PatchSize;

        // Initial scales are those of openai/CLIP (model.py, initialize_parameters).
        double visionScale = Math.Pow(options.VisionWidth, -0.5);
        Add("vision_model.embeddings.class_embedding", visionScale, options.VisionWidth);
        Add(
            "vision_model.embeddings.patch_embedding.weight",
            Math.Pow(patchValues, -0.5),
            options.VisionWidth,
            3,
            options.PatchSize,
            options.PatchSize
        );
        Add("vision_model.embeddings.position_embedding.weight", visionScale, 1 + patches * patches, options.VisionWidth);
        AddNorm("vision_model.pre_layrnorm", options.VisionWidth);
        AddLayers("vision_model", options.VisionLayers, options.VisionWidth);
        AddNorm("vision_model.post_layernorm", options.VisionWidth);
        Add("visual_projection.weight", visionScale, options.ProjectionDim, options.VisionWidth);

        Add("text_model.embeddings.token_embedding.weight", 0.02, vocabularySize, options.TextWidth);
        Add("text_model.embeddings.position_embedding.weight", 0.01, options.ContextLength, options.TextWidth);
        AddLayers("text_model", options.TextLayers, options.TextWidth);
        AddNorm("text_model.final_layer_norm", options.TextWidth);
        Add("text_projection.weight", Math.Pow(options.TextWidth, -0.5), options.ProjectionDim, options.TextWidth);

        // SigLIP's beginning: a scale of 10, and a bias by which no pair is one.
        bool isSigmoid = options.Loss == ClipPretrainingLoss.Sigmoid;
        _parameters["logit_scale"] = new Parameter(tensor((float)Math.Log(isSigmoid ? 10 : 1 / 0.07)));
        if (isSigmoid)
            _parameters[Bias] = new Parameter(tensor(-10f));
    }

    /// <summary>Opens the CLIP of a Hugging Face directory to be trained on.</summary>
    /// <param name="clip">The same CLIP, opened.</param>
    /// <param name="generator">As of the constructor: random weights are drawn and then overwritten.</param>
    /// <exception cref="InvalidDataException">It is not of a kind that can be trained here; the message says why.</exception>
    public static TorchClip Load(ClipModel clip, Generator? generator = null)
    {
        ClipVisionConfig vision = clip.Config.Vision;
        ClipTextConfig text = clip.Config.Text;
        string path = Path.Combine(clip.Directory, "model.safetensors");
        string? wrong =
            clip.Config.Architecture != "clip" ? $"is no CLIP but a {clip.Config.Architecture}"
            : !File.Exists(path) ? "has no model.safetensors"
            : vision.ResNet is not null ? "is a ResNet"
            : vision.Activation != ClipActivation.QuickGelu || text.Activation != ClipActivation.QuickGelu
                ? "has another activation than quick_gelu"
            : vision.LayerNormEpsilon != LayerNormEps || text.LayerNormEpsilon != LayerNormEps ? "has another layer_norm_eps than 1e-5"
            : vision.HiddenSize / vision.Heads != text.HiddenSize / text.Heads ? "has attention heads of two widths"
            : vision.IntermediateSize != 4 * vision.HiddenSize || text.IntermediateSize != 4 * text.HiddenSize
                ? "has an intermediate_size that is not 4 times hidden_size"
            : null;
        if (wrong is not null)
        {
            throw new InvalidDataException(
                $"{clip.Directory}: {wrong}; only CLIPs of the plain kind, as a Hugging Face directory, are trained here ('dcsm clip "
                    + "convert' makes such a directory)"
            );
        }

        var options = new ClipPretrainingOptions
        {
            ImageSize = vision.ImageSize,
            PatchSize = vision.PatchSize,
            VisionWidth = vision.HiddenSize,
            VisionLayers = vision.Layers,
            TextWidth = text.HiddenSize,
            TextLayers = text.Layers,
            HeadWidth = vision.HiddenSize / vision.Heads,
            ProjectionDim = clip.Config.ProjectionDim,
            ContextLength = text.ContextLength,
        };
        TorchNative.EnsureLoaded();
        using var file = SafetensorsFile.Open(path);
        if (file.Contains(Bias))
            options = options with { Loss = ClipPretrainingLoss.Sigmoid };
        var model = new TorchClip(options, text.VocabularySize, generator);
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in model._parameters)
        {
            if (!file.Contains(name))
                throw new InvalidDataException($"{path}: tensor {name} is missing");
            using Tensor saved = tensor(file.ReadFloat32(name));
            if (saved.numel() != parameter.numel())
            {
                throw new InvalidDataException(
                    $"{path}: tensor {name} has {saved.numel()} values; by config.json it should have {parameter.numel()}"
                );
            }

            parameter.copy_(saved.reshape(parameter.shape));
        }
        return model;
    }

    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>What is added to the outputs of linear layers, made of their inputs, by the names of their weights.</summary>
    public Dictionary<string, Func<Tensor, Tensor>> Additions { get; } = new(StringComparer.Ordinal);

    /// <summary>What is added to scaled cosines; null where the loss has none.</summary>
    public Parameter? LogitBias => _parameters.GetValueOrDefault(Bias);

    public Parameter LogitScale => _parameters["logit_scale"];

    /// <summary>Image tokens, projected and of unit length.</summary>
    /// <param name="patches">[images, patches, 3·P·P], each patch in channel, row, column order.</param>
    /// <returns>[images, 1 + patches, projection]; token 0 is the pooled embedding.</returns>
    public Tensor EncodeImages(Tensor patches)
    {
        Tensor weight = _parameters["vision_model.embeddings.patch_embedding.weight"].flatten(1);
        Tensor cls = _parameters["vision_model.embeddings.class_embedding"].expand(patches.shape[0], 1, -1);
        Tensor x = cat([cls, F.linear(patches, weight)], 1).Plus(_parameters["vision_model.embeddings.position_embedding.weight"]);
        x = Norm(x, "vision_model.pre_layrnorm");
        for (int layer = 0; layer < _options.VisionLayers; layer++)
            x = Layer(x, $"vision_model.encoder.layers.{layer}", causal: false);
        x = F.linear(Norm(x, "vision_model.post_layernorm"), _parameters["visual_projection.weight"]);
        return F.normalize(x, dim: -1);
    }

    /// <summary>Text tokens, projected and of unit length.</summary>
    /// <param name="ids">[texts, tokens]; what follows the end token is never looked at, because attention is causal.</param>
    /// <returns>[texts, tokens, projection].</returns>
    public Tensor EncodeTexts(Tensor ids)
    {
        Tensor positions = _parameters["text_model.embeddings.position_embedding.weight"].narrow(0, 0, ids.shape[1]);
        Tensor x = _parameters["text_model.embeddings.token_embedding.weight"]
            .index_select(0, ids.flatten())
            .unflatten(0, ids.shape)
            .Plus(positions);
        for (int layer = 0; layer < _options.TextLayers; layer++)
            x = Layer(x, $"text_model.encoder.layers.{layer}", causal: true);
        x = F.linear(Norm(x, "text_model.final_layer_norm"), _parameters["text_projection.weight"]);
        return F.normalize(x, dim: -1);
    }

    private Tensor Layer(Tensor x, string name, bool causal)
    {
        long heads = x.shape[2] / _options.HeadWidth;
        Tensor h = Norm(x, $"{name}.layer_norm1");
        Tensor q = Heads(Linear(h, $"{name}.self_attn.q_proj"), heads);
        Tensor k = Heads(Linear(h, $"{name}.self_attn.k_proj"), heads);
        Tensor v = Heads(Linear(h, $"{name}.self_attn.v_proj"), heads);
        Tensor attended = F.scaled_dot_product_attention(q, k, v, is_casual: causal).transpose(1, 2).flatten(2);
        x = x.Plus(Linear(attended, $"{name}.self_attn.out_proj"));
        h = Norm(x, $"{name}.layer_norm2");
        // quick_gelu(x) = x·σ(1.702x) = silu(1.702x)/1.702: one fused kernel, the factors ride on the small weights.
        Tensor inner = F.linear(h, _parameters[$"{name}.mlp.fc1.weight"].Times(1.702), _parameters[$"{name}.mlp.fc1.bias"].Times(1.702));
        return x.Plus(F.linear(F.silu(inner), _parameters[$"{name}.mlp.fc2.weight"].Over(1.702), _parameters[$"{name}.mlp.fc2.bias"]));
    }

    private Tensor Linear(Tensor x, string name)
    {
        Tensor y = F.linear(x, _parameters[$"{name}.weight"], _parameters[$"{name}.bias"]);
        return Additions.TryGetValue($"{name}.weight", out Func<Tensor, Tensor>? addition) ? y.Plus(addition(x)) : y;
    }

    private Tensor Norm(Tensor x, string name) =>
        F.layer_norm(x, [x.shape[^1]], _parameters[$"{name}.weight"], _parameters[$"{name}.bias"], LayerNormEps);

    /// <summary>[batch, tokens, width] → [batch, heads, tokens, width of a head].</summary>
    private static Tensor Heads(Tensor x, long heads) => x.unflatten(2, [heads, -1]).transpose(1, 2);

    private void AddLayers(string tower, int layers, int width)
    {
        double attention = Math.Pow(width, -0.5);
        double output = attention * Math.Pow(2 * layers, -0.5);
        for (int i = 0; i < layers; i++)
        {
            string name = $"{tower}.encoder.layers.{i}";
            AddNorm($"{name}.layer_norm1", width);
            AddNorm($"{name}.layer_norm2", width);
            AddLinear($"{name}.self_attn.q_proj", attention, width, width);
            AddLinear($"{name}.self_attn.k_proj", attention, width, width);
            AddLinear($"{name}.self_attn.v_proj", attention, width, width);
            AddLinear($"{name}.self_attn.out_proj", output, width, width);
            AddLinear($"{name}.mlp.fc1", Math.Pow(2 * width, -0.5), 4 * width, width);
            AddLinear($"{name}.mlp.fc2", output, width, 4 * width);
        }
    }

    private void AddLinear(string name, double std, long outputs, long inputs)
    {
        Add($"{name}.weight", std, outputs, inputs);
        _parameters[$"{name}.bias"] = new Parameter(zeros(outputs));
    }

    private void AddNorm(string name, long width)
    {
        _parameters[$"{name}.weight"] = new Parameter(ones(width));
        _parameters[$"{name}.bias"] = new Parameter(zeros(width));
    }

    private void Add(string name, double std, params long[] shape) =>
        _parameters[name] = new Parameter(randn(shape, generator: _generator).Times(std));
}
