using System.Globalization;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>Encoding pixels by the image tower of a SigLIP B/16, whose weights are written by formula.</summary>
internal sealed class SigLipWork : IWork
{
    private const int Batch = 8,
        Width = 768,
        Mlp = 3072,
        Layers = 12,
        Patches = 196,
        TextWidth = 32;

    public string Name => "siglip";

    public IEnumerable<Row> Measure(Session session)
    {
        Session.Say("a SigLIP B/16 by formula");
        using var folder = new TemporaryFolder();
        // Of the text tower nothing is measured.
        folder.Write(
            "config.json",
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                {"model_type": "siglip", "text_config": {"hidden_size": {{{TextWidth}}}, "intermediate_size": {{{TextWidth}}},
                 "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 2, "projection_size": {{{Width}}}}}
                """
            )
        );
        var tensors = Shapes().ToDictionary(tensor => tensor.Name, Values, StringComparer.Ordinal);
        SafetensorsWriter.Write(folder["model.safetensors"], tensors);
        // As libtorch's threads, ours wait for work by spinning.
        using var ours = ClipModel.Load(folder.Path, new ClipOptions { Spinning = true });
        using var peer = new TorchSigLipPeer(ours.Config.Vision);
        foreach (
            (string name, (int[] shape, float[] values)) in tensors.Where(tensor => tensor.Key.StartsWith("vis", StringComparison.Ordinal))
        )
        {
            Add(peer.Layers, name, shape, values);
        }

        tensors.Clear();

        float[] pixels = Inputs.Pixels(Batch);
        using Tensor input = tensor(pixels, [Batch, 3, 224, 224]);
        using (Tensor pooled = peer.EncodeImages(input))
            Session.Equal($"{Name}, libtorch", ours.EncodePixels(pixels, Batch).Pooled.Values, pooled.data<float>().ToArray(), 1e-3);
        Samples[] samples = Alternation.Run(
            session.Runs,
            0.5,
            () => ours.EncodePixels(pixels, Batch),
            () => peer.EncodeImages(input).Dispose()
        );
        string work = string.Create(CultureInfo.InvariantCulture, $"images/s, SigLIP B/16 fp32, batch {Batch}");
        // Ours gives the patches' own embeddings, too: one more MLP for each.
        yield return Row.Rate(work, "libtorch eager, pooled alone", null, samples[0], samples[1], Batch, "images/s");
    }

    private static (int[] Shape, float[] Values) Values((string Name, int[] Shape) tensor)
    {
        int count = tensor.Shape.Aggregate(1, (product, size) => product * size);
        bool isGain = tensor.Name.Contains("norm", StringComparison.Ordinal) && tensor.Name.EndsWith("weight", StringComparison.Ordinal);
        return (tensor.Shape, FormulaTensors.Values(tensor.Name, count, 0.07, isGain ? 1 : 0));
    }

    // torch's MultiheadAttention keeps queries, keys and values in one.
    private static void Add(TorchLayers layers, string name, int[] shape, float[] values)
    {
        const string Packed = "in_proj_";
        int at = name.IndexOf(Packed, StringComparison.Ordinal);
        if (at < 0)
        {
            layers.Add(name, values, shape);
            return;
        }

        int third = values.Length / 3;
        foreach ((int i, string part) in ((string[])["q", "k", "v"]).Index())
        {
            layers.Add(
                $"{name[..at]}{part}_proj.{name[(at + Packed.Length)..]}",
                values[(i * third)..((i + 1) * third)],
                [shape[0] / 3, .. shape[1..]]
            );
        }
    }

    private static IEnumerable<(string Name, int[] Shape)> Shapes() =>
        [
            ("vision_model.embeddings.patch_embedding.weight", [Width, 3, 16, 16]),
            ("vision_model.embeddings.patch_embedding.bias", [Width]),
            ("vision_model.embeddings.position_embedding.weight", [Patches, Width]),
            .. Enumerable.Range(0, Layers).SelectMany(layer => Layer($"vision_model.encoder.layers.{layer}", Width, Mlp)),
            .. Both("vision_model.post_layernorm", [Width]),
            ("vision_model.head.probe", [1, 1, Width]),
            ("vision_model.head.attention.in_proj_weight", [3 * Width, Width]),
            ("vision_model.head.attention.in_proj_bias", [3 * Width]),
            .. Both("vision_model.head.attention.out_proj", [Width, Width]),
            .. Both("vision_model.head.layernorm", [Width]),
            .. Both("vision_model.head.mlp.fc1", [Mlp, Width]),
            .. Both("vision_model.head.mlp.fc2", [Width, Mlp]),
            ("text_model.embeddings.token_embedding.weight", [2, TextWidth]),
            ("text_model.embeddings.position_embedding.weight", [64, TextWidth]),
            .. Layer("text_model.encoder.layers.0", TextWidth, TextWidth),
            .. Both("text_model.final_layer_norm", [TextWidth]),
            .. Both("text_model.head", [Width, TextWidth]),
            ("logit_scale", [1]),
            ("logit_bias", [1]),
        ];

    private static IEnumerable<(string Name, int[] Shape)> Layer(string name, int width, int mlp) =>
        [
            .. Both($"{name}.layer_norm1", [width]),
            .. ((string[])["q_proj", "k_proj", "v_proj", "out_proj"]).SelectMany(part => Both($"{name}.self_attn.{part}", [width, width])),
            .. Both($"{name}.layer_norm2", [width]),
            .. Both($"{name}.mlp.fc1", [mlp, width]),
            .. Both($"{name}.mlp.fc2", [width, mlp]),
        ];

    private static IEnumerable<(string Name, int[] Shape)> Both(string name, int[] weight) =>
        [($"{name}.weight", weight), ($"{name}.bias", weight[..1])];
}
