using Dcsm.Training.Torch;
using static Dcsm.Training.Torch.TensorArithmetic;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads;

/// <summary>The head's dropout in one step; a function of the seed and the step, so that a resumed run drops the same.</summary>
internal sealed class HeadDropout(double rate, double scoreRate, Generator generator)
{
    /// <summary>Whether anything is dropped at all.</summary>
    public bool Drops => rate > 0 || scoreRate > 0;

    /// <summary>Drops whole channels of a map, as Dropout2d does.</summary>
    /// <param name="x">[maps, rows, channels · columns].</param>
    /// <param name="channels">Number of channels.</param>
    public Tensor Channels(Tensor x, long channels) =>
        rate == 0 ? x : (x.unflatten(2, [channels, -1]) * Kept([x.shape[0], 1, channels, 1], rate)).flatten(2);

    public Tensor Units(Tensor x) => rate == 0 ? x : x * Kept(x.shape, rate);

    public Tensor Scores(Tensor scores) => scoreRate == 0 ? scores : scores * Kept(scores.shape, scoreRate);

    private Tensor Kept(long[] shape, double rate) =>
        rand(shape, generator: generator).ge(Number(rate)).to(ScalarType.Float32).Over(1 - rate);
}
