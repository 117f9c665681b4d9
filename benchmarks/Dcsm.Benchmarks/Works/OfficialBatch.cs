using Dcsm.Benchmarks.Compare;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Training.Heads;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>A batch of the official training: 3 data sets in 2 versions, each 8 images, 8 opposite images and as many captions.</summary>
internal sealed class OfficialBatch : IDisposable
{
    public const int Sets = 3,
        Versions = 2,
        Samples = 8;

    private readonly List<Tensor> _tensors = [];

    public OfficialBatch(DcsmConfig config, int number)
    {
        var official = new (Tensor, Tensor, IReadOnlyList<string>)[Sets * Versions];
        var own = new HeadBatch[Versions];
        for (int version = 0; version < Versions; version++)
        {
            List<Tensor> images = [],
                texts = [],
                rows = [];
            for (int set = 0; set < Sets; set++)
            {
                string name = $"batch{number}.{set}.{version}";
                ImageEncoding i = Inputs.Images(2 * Samples, name + ".images");
                TextEncoding t = Inputs.Captions(2 * Samples, name + ".captions");
                Tensor image = Keep(tensor(i.Tokens.Values.ToArray(), [2 * Samples, Inputs.ImageTokens, Inputs.Dimension]));
                Tensor text = Keep(tensor(t.Tokens.Values.ToArray(), [2 * Samples, Inputs.TextTokens, Inputs.Dimension]));
                official[(set * Versions) + version] = (image, text, [.. t.Texts.Select(caption => caption.Text)]);
                images.Add(Pairs(image));
                texts.Add(Pairs(text));
                using Tensor layouts = stack(
                    t.Texts.Select(caption =>
                        tensor([.. config.Words.Layout(caption, config.Placement).Rows.ToArray().Select(row => (long)row)])
                    )
                );
                rows.Add(Pairs(layouts));
            }
            own[version] = new HeadBatch(Keep(cat(images, 0)), Keep(cat(texts, 0)), Keep(cat(rows, 0)));
        }
        (Official, Own) = (official, own);
    }

    /// <summary>Data set by data set, version by version: 8 samples, then their opposites.</summary>
    public IReadOnlyList<(Tensor Images, Tensor Texts, IReadOnlyList<string> Captions)> Official { get; }

    /// <summary>Version by version: of every sample the two images beside each other.</summary>
    public IReadOnlyList<HeadBatch> Own { get; }

    public void Dispose() => _tensors.ForEach(tensor => tensor.Dispose());

    private Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>[samples, then opposites, …] → [samples, 2, …].</summary>
    private static Tensor Pairs(Tensor x) => x.unflatten(0, [2, Samples]).transpose(0, 1).contiguous();
}
