using Dcsm.Benchmarks.Compare;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>Encoding pixels by a ViT-B/16 in float32, one image or 32 at a time.</summary>
internal sealed class ImagesWork(int batch) : IWork
{
    public string Name => $"images{batch}";

    public IEnumerable<Row> Measure(Session session)
    {
        B16 b16 = session.B16;
        float[] pixels = Inputs.Pixels(batch);
        using Tensor input = tensor(pixels, [batch, 3, 224, 224]);
        float[] ours = b16.Clip.EncodePixels(pixels, batch).Tokens.Values;
        using (Tensor tokens = b16.Peer.EncodeImages(input))
            Session.Equal($"{Name}, libtorch", ours, tokens.data<float>().ToArray(), 1e-3);
        PythonPeer? python = session.Python;
        if (python is not null)
        {
            var tensors = b16.Formula.Names.Where(name => name.StartsWith("vis", StringComparison.Ordinal))
                .ToDictionary(name => name, name => (b16.Formula.Shape(name).ToArray(), b16.Formula.Values(name)));
            tensors["pixels"] = ([batch, 3, 224, 224], pixels);
            var vision = b16.Clip.Config.Vision;
            Session.Equal($"{Name}, Python", ours, python.Check(Name, tensors, new { patch = vision.PatchSize, layers = vision.Layers, heads = vision.Heads }), 1e-3);
        }

        string work = $"images/s, ViT-B/16 fp32, batch {batch}";
        Session.Say(work);
        Action own = () => b16.Clip.EncodePixels(pixels, batch), peer = () => b16.Peer.EncodeImages(input).Dispose();
        Samples[] samples = python is null ? Alternation.Run(session.Runs, 0.5, own, peer) : Alternation.Run(session.Runs, 0.5, own, peer, () => python.Run(Name));
        yield return Row.Rate(work, "libtorch eager", 1.3, samples[0], samples[1], batch, "images/s");
        if (python is not null)
            yield return Row.Rate(work, python.Version, null, samples[0], samples[2], batch, "images/s");
    }
}
