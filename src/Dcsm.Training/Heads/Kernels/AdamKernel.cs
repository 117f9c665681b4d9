using System.Numerics;
using Dcsm.Training.Torch;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>A step of <see cref="AdamW"/> on the CPU in one pass over a parameter and its moments.</summary>
/// <param name="Scale">What gradients are multiplied by first.</param>
/// <param name="Beta1">Decay of the first moments.</param>
/// <param name="Beta2">Decay of the second moments.</param>
/// <param name="Decay">What parameters are multiplied by.</param>
/// <param name="Rate">Learning rate, over the correction of the first moments.</param>
/// <param name="Correction">What roots of second moments are multiplied by.</param>
/// <param name="Epsilon">Added to those.</param>
internal sealed unsafe record AdamKernel(
    double Scale,
    double Beta1,
    double Beta2,
    double Decay,
    double Rate,
    double Correction,
    double Epsilon
)
{
    // Numbers that one thread takes at a time, and that are summed in floats.
    private const int Part = 1 << 16,
        Summed = 1 << 12;

    /// <summary>Steps one parameter.</summary>
    /// <param name="parameter">All are floats of one shape, contiguous, in the processor's own memory.</param>
    /// <param name="gradient">Its gradient; stays as it is.</param>
    /// <param name="first">First moments.</param>
    /// <param name="second">Second moments.</param>
    public void Run(Tensor parameter, Tensor gradient, Tensor first, Tensor second)
    {
        nint p = Data(parameter),
            g = Data(gradient),
            m = Data(first),
            v = Data(second);
        ForEach(
            parameter.numel(),
            (start, count) => Step((float*)p + start, (float*)g + start, (float*)m + start, (float*)v + start, count)
        );
    }

    /// <summary>The sum of squares; always in the same order.</summary>
    /// <param name="values">Floats, contiguous, in the processor's own memory.</param>
    public static double Squares(Tensor values)
    {
        nint from = Data(values);
        double[] sums = new double[(values.numel() + Part - 1) / Part];
        ForEach(values.numel(), (start, count) => sums[start / Part] = Squares((float*)from + start, count));
        return sums.Sum();
    }

    private void Step(float* p, float* g, float* m, float* v, int count)
    {
        float scale = (float)Scale,
            beta1 = (float)Beta1,
            rest1 = (float)(1 - Beta1),
            beta2 = (float)Beta2,
            rest2 = (float)(1 - Beta2);
        float decay = (float)Decay,
            rate = (float)Rate,
            correction = (float)Correction,
            epsilon = (float)Epsilon;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> gradient = Vector.Load(g + i) * scale;
            Vector<float> first = (Vector.Load(m + i) * beta1) + (gradient * rest1);
            Vector<float> second = (Vector.Load(v + i) * beta2) + (gradient * gradient * rest2);
            Vector.Store(first, m + i);
            Vector.Store(second, v + i);
            Vector<float> denominator = (Vector.SquareRoot(second) * correction) + new Vector<float>(epsilon);
            Vector.Store((Vector.Load(p + i) * decay) - (first / denominator * rate), p + i);
        }
        for (; i < count; i++)
        {
            float gradient = g[i] * scale;
            m[i] = (m[i] * beta1) + (gradient * rest1);
            v[i] = (v[i] * beta2) + (gradient * gradient * rest2);
            p[i] = (p[i] * decay) - (m[i] / ((MathF.Sqrt(v[i]) * correction) + epsilon) * rate);
        }
    }

    private static double Squares(float* from, int count)
    {
        double total = 0;
        for (int start = 0; start < count; start += Summed)
        {
            int end = Math.Min(count, start + Summed),
                i = start;
            Vector<float> sum = Vector<float>.Zero;
            for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
                sum += Vector.Load(from + i) * Vector.Load(from + i);
            total += Vector.Sum(sum);
            for (; i < end; i++)
                total += from[i] * from[i];
        }
        return total;
    }

    private static void ForEach(long count, Action<long, int> body)
    {
        if (count <= Part)
            body(0, (int)count);
        else
            Parallel.For(0, (count + Part - 1) / Part, part => body(part * Part, (int)Math.Min(Part, count - (part * Part))));
    }

    private static nint Data(Tensor tensor)
    {
        fixed (byte* start = tensor.bytes) // libtorch's own memory, which stays where it is.
            return (nint)start;
    }
}
