using Dcsm.Training.Torch;
using TorchSharp;

namespace Dcsm.Training.Tests;

/// <summary>How many threads libtorch takes; by itself, for it is of the whole process.</summary>
[Collection(Name)]
public sealed class TorchThreadsTests
{
    private const string Name = "threads of libtorch";

    [Fact]
    public void Libtorch_takes_no_more_threads_than_the_process_may()
    {
        TorchNative.EnsureLoaded();
        int threads = torch.get_num_threads();
        Assert.InRange(threads, 1, Environment.ProcessorCount);
        torch.set_num_threads(Environment.ProcessorCount + 3);
        TorchNative.LimitThreads();
        Assert.Equal(Environment.ProcessorCount, torch.get_num_threads());
        torch.set_num_threads(threads);
    }

    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;
}
