using System.Globalization;
using Dcsm.Benchmarks.Compare;
using Dcsm.Clip.Models;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>Encoding pixels by a ViT-B/16 in float32 and in int8, one image or 32 at a time.</summary>
internal sealed class ImagesWork(int batch) : IWork
{
    public string Name => $"images{batch}";

    public IEnumerable<Row> Measure(Session session)
    {
        B16 b16 = session.B16;
        float[] pixels = Inputs.Pixels(batch);
        using Tensor input = tensor(pixels, [batch, 3, 224, 224]);
        TokenEmbeddings ours = b16.Clip.EncodePixels(pixels, batch).Tokens;
        using (Tensor tokens = b16.Peer.EncodeImages(input))
            Session.Equal($"{Name}, libtorch", ours.Values, tokens.data<float>().ToArray(), 1e-3);
        PythonPeer? python = session.Python;
        if (python is not null)
        {
            float[] theirs = python.CheckPictures(Name, b16.Formula, b16.Clip.Config.Vision, pixels, batch);
            Session.Equal($"{Name}, Python", ours.Values, theirs, 1e-3);
        }

        string work = $"images/s, ViT-B/16 fp32, batch {batch}",
            int8 = $"images/s, ViT-B/16 int8, batch {batch}";
        string near = string.Create(
            CultureInfo.InvariantCulture,
            $"tokens' mean cosine with fp32 {MeanCosine(ours, b16.Int8.EncodePixels(pixels, batch).Tokens):0.0000}"
        );
        Session.Say($"{work}; int8, {near}");
        Action own = () => b16.Clip.EncodePixels(pixels, batch),
            ownInt8 = () => b16.Int8.EncodePixels(pixels, batch),
            peer = () => b16.Peer.EncodeImages(input).Dispose();
        Samples[] samples = python is null
            ? Alternation.Run(session.Runs, 0.5, own, peer, ownInt8)
            : Alternation.Run(session.Runs, 0.5, own, peer, ownInt8, () => python.Run(Name));
        yield return Row.Rate(work, "libtorch eager", 1.3, samples[0], samples[1], batch, "images/s");
        yield return Row.Rate(int8, "libtorch eager fp32", 2.5, samples[2], samples[1], batch, "images/s", near);
        if (python is not null)
        {
            yield return Row.Rate(work, python.Version, null, samples[0], samples[3], batch, "images/s");
            yield return Row.Rate(int8, $"{python.Version} fp32", null, samples[2], samples[3], batch, "images/s", near);
        }
    }

    private static double MeanCosine(TokenEmbeddings a, TokenEmbeddings b)
    {
        double sum = 0;
        int tokens = a.Count * a.Tokens;
        for (int token = 0; token < tokens; token++)
        {
            sum += System.Numerics.Tensors.TensorPrimitives.Dot(
                a.Values.Slice(token * a.Dimension, a.Dimension),
                b.Values.Slice(token * a.Dimension, a.Dimension)
            ); // both of unit length
        }

        return sum / tokens;
    }
}
