using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Clip.Models;
using Dcsm.Head;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>Scores of 64 images with 64 captions, and of one image with two captions, embeddings at hand.</summary>
internal sealed class PairsWork(bool latency) : IWork
{
    /// <summary>Products and sums of a pair: map, two convolutions, two linear layers.</summary>
    public const double FlopsOfAPair =
        2.0 * Inputs.ImageTokens * Inputs.TextTokens * (Inputs.Dimension + (4 * 9) + (4 * 4 * 9) + (4 * 128));

    public string Name => latency ? "latency" : "pairs";

    public IEnumerable<Row> Measure(Session session)
    {
        (int images, int captions) = latency ? (1, 2) : (64, 64);
        DcsmHead head = Inputs.Head();
        ImageEncoding i = Inputs.Images(images);
        TextEncoding t = Inputs.Captions(captions);
        using var official = new OfficialHead(head);
        using Tensor imageTokens = tensor(i.Tokens.Values.ToArray(), [images, Inputs.ImageTokens, Inputs.Dimension]);
        using Tensor textTokens = tensor(t.Tokens.Values.ToArray(), [captions, Inputs.TextTokens, Inputs.Dimension]);
        string[] words = [.. t.Texts.Select(text => text.Text)];

        float[] ours = [.. head.Score(i, t).Cast<float>()];
        Session.Equal($"{Name}, libtorch", ours, official.Score(imageTokens, textTokens, words, 1), 1e-4);
        double seconds = latency ? 0.15 : 0.3;
        Action own = () => head.Score(i, t);
        // The published code has one batch of everything; image by image stays in the caches, and is what the peer is given here.
        Action one = () => official.Score(imageTokens, textTokens, words, 1),
            all = () => official.Score(imageTokens, textTokens, words, images);
        PythonPeer? python = session.Python;
        if (python is not null)
        {
            Session.Equal($"{Name}, Python", ours, python.Check(Name, i, t, head), 1e-4);
        }
        string work = latency ? "1 image × 2 captions, embeddings at hand" : "pairs, 64 images × 64 captions, embeddings at hand";
        double? goal = latency ? 5 : 4;
        int pairs = images * captions;
        Row Of(string against, double? wanted, Samples a, Samples b, string note = "") =>
            latency ? Row.Time(work, against, wanted, a, b, "ms", note) : Row.Rate(work, against, wanted, a, b, pairs, "pairs/s", note);

        Session.Say(work);
        if (latency)
        {
            Samples[] samples = Alternation.Run(session.Runs, seconds, own, one);
            yield return Of("libtorch", goal, samples[0], samples[1]);
        }
        else
        {
            Samples[] samples = Alternation.Run(session.Runs, seconds, own, one, all);
            yield return Of("libtorch", goal, samples[0], samples[1], "the peer image by image, which suits it best");
            yield return Of("libtorch, one batch", goal, samples[0], samples[2], "all 4096 maps at once, as the published code would");
            double limit = session.Limits.MatmulGflops.Median * 1e9 / FlopsOfAPair;
            yield return new Row(
                work,
                "sgemm limit",
                limit == 0 ? 0 : pairs / samples[0].Median / limit,
                0.6,
                samples[0].As(s => pairs / s),
                Measurement.Exactly(limit),
                "pairs/s",
                "14.3 MFLOP a pair at the speed of a 2048³ matmul"
            );
        }
        if (python is not null)
        {
            Samples[] samples = Alternation.Run(session.Runs, seconds, own, () => python.Run(Name));
            yield return Of(python.Version, null, samples[0], samples[1]);
        }
    }
}
