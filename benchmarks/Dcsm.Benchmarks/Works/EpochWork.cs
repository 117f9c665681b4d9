using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Peers;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using static TorchSharp.torch;

namespace Dcsm.Benchmarks.Works;

/// <summary>
/// An epoch as the official program has it: the peer encodes every image and caption anew in every step. Measured is a slice:
/// of a step of the peer one data set in one version (a sixth), of ours a whole step and the encoding of one data set's
/// samples. The peer is spared the augmentation, the preparation of pictures and the backward pass through CLIP, which the
/// official program computes for nothing.
/// </summary>
internal sealed class EpochWork : IWork
{
    // main.py's default.
    private const int Epochs = 99;

    public string Name => "epoch";

    public IEnumerable<Row> Measure(Session session)
    {
        B16 b16 = session.B16;
        const int Items = 2 * OfficialBatch.Samples;
        using var training = new OwnTraining();
        using var official = new OfficialHead(training.Head);
        float[] pixels = Inputs.Pixels(Items);
        using Tensor images = tensor(pixels, [Items, 3, 224, 224]);
        ClipTextConfig text = b16.Clip.Config.Text;
        IReadOnlyList<string> captions = training.Batches[0].Official[0].Captions;
        int[][] ids =
        [
            .. Enumerable
                .Range(0, Items)
                .Select(i =>
                    Enumerable
                        .Range(0, Inputs.TextTokens)
                        .Select(t => t == 0 ? text.StartToken : 300 + (((31 * t) + (7 * i)) % 20_000))
                        .ToArray()
                ),
        ];
        TokenizedText[] tokenized =
        [
            .. ids.Select((own, i) => new TokenizedText(captions[i], own, new TextRange[Inputs.TextTokens], Inputs.TextTokens, false)),
        ];
        using Tensor idTensor = tensor([.. ids.SelectMany(own => own.Select(id => (long)id))], [Items, Inputs.TextTokens]);
        Check("captions", b16.Clip.EncodeTokens(tokenized).Tokens, b16.Peer.EncodeTexts(idTensor));
        Check("images", b16.Clip.EncodePixels(pixels, Items).Tokens, b16.Peer.EncodeImages(images));
        Session.Say("a slice of an epoch");
        int step = 0;
        Samples[] samples = Alternation.Run(
            session.Runs,
            0.1,
            () => b16.Clip.EncodePixels(pixels, Items),
            () => b16.Clip.EncodeTokens(tokenized),
            () => training.Step(step++),
            () =>
            {
                using Tensor i = b16.Peer.EncodeImages(images),
                    t = b16.Peer.EncodeTexts(idTensor);
                official.Backward(i, t, captions);
            }
        );
        const int Sixths = OfficialBatch.Sets * OfficialBatch.Versions;
        // Both versions of a sample show the same images.
        Samples Own(double epochs) =>
            new([
                .. Enumerable
                    .Range(0, session.Runs)
                    .Select(run =>
                        samples[2].Seconds[run]
                        + (((OfficialBatch.Sets * samples[0].Seconds[run]) + (Sixths * samples[1].Seconds[run])) / epochs)
                    ),
            ]);
        var peer = new Samples([.. samples[3].Seconds.Select(s => Sixths * s)]);
        yield return Row.Time(
            "epoch as the official program does it, encoding included; per step, mean of its 99 epochs",
            "libtorch",
            20,
            Own(Epochs),
            peer,
            "s",
            "ours encodes once and keeps the embeddings, un-augmented; measured in slices"
        );
        yield return Row.Time("the first epoch alone; per step", "libtorch", null, Own(1), peer, "s", "ours encodes everything in it");
    }

    private static void Check(string what, TokenEmbeddings ours, Tensor peer)
    {
        using (peer)
            Session.Equal($"epoch, {what}, libtorch", ours.Values, peer.data<float>().ToArray(), 1e-3);
    }
}
