using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

[Trait("Kind", "Kernels")]
public sealed class VectorWidthTests
{
    [Fact]
    public void The_list_goes_from_the_widest_to_a_single_float()
    {
        int[] bits = [.. VectorWidth.Available.Select(width => width.Bits)];
        Assert.Equal(bits.OrderDescending(), bits);
        Assert.Equal(bits.Distinct(), bits);
        Assert.Equal(32, bits[^1]);
        Assert.Same(VectorWidth.Available[0], VectorWidth.Widest);
        Assert.Equal(Vector128.IsHardwareAccelerated, bits.Contains(128));
        Assert.Equal(Vector256.IsHardwareAccelerated, bits.Contains(256));
        Assert.Equal(Avx512F.IsSupported, bits.Contains(512));
    }

    // As .ci/run does, to make sure that its further runs are of other widths.
    [Fact]
    public void Switching_instructions_off_takes_widths_away()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_EnableAVX512") == "0")
            Assert.True(VectorWidth.Widest.Bits <= 256);
        if (Environment.GetEnvironmentVariable("DOTNET_EnableAVX2") == "0")
            Assert.True(VectorWidth.Widest.Bits <= 128);
    }
}
