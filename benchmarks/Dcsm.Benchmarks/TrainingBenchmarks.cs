using BenchmarkDotNet.Attributes;
using Dcsm.Training.Torch;

namespace Dcsm.Benchmarks;

/// <summary>One step of a head's training, embeddings at hand.</summary>
public class TrainingBenchmarks : IDisposable
{
    private TrainingSteps? _steps;

    [ParamsAllValues]
    public TrainingWork Work { get; set; }

    [GlobalSetup]
    public void Load()
    {
        TorchNative.EnsureLoaded();
        _steps = new TrainingSteps(Work);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _steps?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public double Kernel() => _steps!.Kernel();

    [Benchmark]
    public double Torch() => _steps!.Torch();

    [Benchmark]
    public double Conv2d() => _steps!.Peer();
}
