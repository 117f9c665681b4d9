using System.CommandLine;
using System.Runtime.InteropServices;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Works;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;
using Dcsm.Scoring.Engines;

namespace Dcsm.Benchmarks.Commands;

/// <summary><c>profile</c>: where the time of a score goes, on one core, in processor time, so that a busy machine shows little.</summary>
internal static class ProfileCommand
{
    private const int Runs = 15;

    public static Command Create()
    {
        Command command = new("profile", "Where the time of a score goes, on one core.");
        command.SetAction(_ => Run());
        return command;
    }

    private static void Run()
    {
        VectorWidth.Widest.Run(new Kernel());
    }

    private sealed class Kernel : IVectorKernel<int>
    {
        public int Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            Profile<TVector>();
            return 0;
        }
    }

    private static unsafe void Profile<TVector>()
        where TVector : unmanaged, IFloatVector<TVector>
    {
        DcsmHead head = Inputs.Head();
        var shape = new InterleavedShape(head.Config, 2 * TVector.Count);
        var lanes = new InterleavedHead<TVector>(shape, head.Weights);
        var work = new InterleavedWorkspace(shape);
        ImageEncoding image = Inputs.Images(1);
        TextEncoding captions = Inputs.Captions(shape.Lanes);
        ColumnLayout[] layouts = [.. captions.Texts.Select(text => head.Config.Words.Layout(text, head.Config.Placement))];
        var packed = new AlignedFloats((long)shape.TextTokens * shape.Dimension * shape.Lanes);
        float[] scores = new float[shape.Lanes];
        double pixels = (double)shape.ImageTokens * shape.TextTokens;
        fixed (
            float* tokens = image.Tokens.Values,
                texts = captions.Tokens.Values
        )
        {
            (nint pinnedTokens, nint pinnedTexts) = ((nint)tokens, (nint)texts);
            nint[] starts =
            [
                .. Enumerable
                    .Range(0, shape.Lanes)
                    .Select(lane => pinnedTexts + (lane * shape.TextTokens * shape.Dimension * sizeof(float))),
            ];
            (string Name, double Flops, Action Work)[] stages =
            [
                ("captions laid side by side", 0, () => InterleavedPairs.PackCaptions(shape, starts, layouts, packed.Pointer)),
                (
                    "map",
                    2 * pixels * shape.Dimension,
                    () => InterleavedPairs.FromCaptions<TVector>(shape, work.Maps, (float*)pinnedTokens, packed.Pointer)
                ),
                (
                    "functional rows",
                    0,
                    () =>
                    {
                        for (int lane = 0; lane < shape.Lanes; lane++)
                            InterleavedPairs.PlaceRows(work.Maps, lane, layouts[lane], head.Weights.FunctionalRows.Span);
                    }
                ),
                ("mean and deviation", 4 * pixels, () => work.Maps.Measure<TVector>()),
                ("standardize", 2 * pixels, () => work.Maps.Standardize<TVector>()),
                ("convolutions", 2 * pixels * 9 * (shape.Channels + (shape.Channels * shape.Channels)), () => Convolve(lanes, shape, work)),
                (
                    "both convolutions, fc1, fc2",
                    2 * pixels * ((9 * (shape.Channels + (shape.Channels * shape.Channels))) + (shape.Channels * shape.Hidden)),
                    () => lanes.Run(work, scores)
                ),
            ];
            double limit = Median(() => Peak<TVector>()) is var seconds ? PeakFlops<TVector>() / seconds : 0;
            Console.WriteLine(
                FormattableString.Invariant(
                    $"one core, {shape.Lanes} maps side by side; the kernel alone, all in the nearest cache: {limit / 1e9:0.0} GFLOPS"
                )
            );
            double total = 0;
            foreach ((string name, double flops, Action stage) in stages)
            {
                double time = Median(stage) / shape.Lanes;
                string speed = flops > 0 ? FormattableString.Invariant($"{flops / time / 1e9, 6:0.0} GFLOPS") : "";
                Console.WriteLine(FormattableString.Invariant($"{name, -30} {time * 1e6, 8:0.0} µs a pair {speed}"));
                total += name is "convolutions" or "captions laid side by side" ? 0 : time;
            }
            Console.WriteLine(
                FormattableString.Invariant($"{"a pair, captions at hand", -30} {total * 1e6, 8:0.0} µs, {1 / total:#,0} pairs/s a core, ")
                    + FormattableString.Invariant($"{PairsWork.FlopsOfAPair / total / 1e9:0.0} GFLOPS")
            );
        }
    }

    /// <summary>The convolutions without what comes after them; rows are all those that the last score left.</summary>
    internal static unsafe void Convolve<TVector>(InterleavedHead<TVector> head, InterleavedShape shape, InterleavedWorkspace work)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int stride = shape.RowStride,
            outputStride = shape.TextTokens * shape.Lanes;
        for (int row = 0; row < shape.ImageTokens; row++)
        {
            for (int layer = 1; layer <= shape.Convolutions; layer++)
            {
                float* above = layer == 1 ? work.Maps.Bordered + ((nint)row * stride) : work.Row(layer - 1, row),
                    here = layer == 1 ? above + stride : work.Row(layer - 1, row + 1),
                    below = layer == 1 ? here + stride : work.Row(layer - 1, row + 2);
                bool last = layer == shape.Convolutions;
                head.Convolution(layer)
                    .Row<TVector>(
                        above,
                        here,
                        below,
                        stride,
                        shape.Lanes,
                        shape.TextTokens,
                        last ? work.FeatureRow(row) : work.Row(layer, row) + shape.Lanes,
                        last ? outputStride : stride
                    );
            }
        }
    }

    private const int PeakRows = 48,
        PeakDepth = 256,
        PeakRepeats = 64;

    private static double PeakFlops<TVector>()
        where TVector : unmanaged, IFloatVector<TVector> => 2.0 * PeakRows * PeakDepth * 2 * TVector.Count * PeakRepeats;

    private static unsafe void Peak<TVector>()
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int columns = 2 * TVector.Count;
        var a = new AlignedFloats(PeakRows * PeakDepth);
        var b = new AlignedFloats(PeakDepth * columns);
        var c = new AlignedFloats(PeakRows * columns);
        for (int i = 0; i < PeakRepeats; i++)
            Gemm.Multiply<TVector>(a.Pointer, PeakDepth, b.Pointer, 1, c.Pointer, columns, PeakRows, PeakDepth);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(c);
    }

    /// <summary>Processor seconds of this thread.</summary>
    private static double Median(Action work)
    {
        // Methods are compiled anew after 30 calls, once the compiler has seen a quiet moment; what they call comes a round later.
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 40; i++)
                work();
            Thread.Sleep(250);
        }
        double[] seconds = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            double start = ThreadSeconds();
            int calls = 0;
            do
            {
                work();
                calls++;
            } while (ThreadSeconds() - start < 0.01);
            seconds[run] = (ThreadSeconds() - start) / calls;
        }
        Array.Sort(seconds);
        return seconds[Runs / 2];
    }

    private static double ThreadSeconds()
    {
        const int ThreadCpuTime = 3;
        if (!OperatingSystem.IsLinux())
            return System.Diagnostics.Stopwatch.GetTimestamp() / (double)System.Diagnostics.Stopwatch.Frequency;
        _ = clock_gettime(ThreadCpuTime, out Timespec time);
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    [DllImport("libc", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int clock_gettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
