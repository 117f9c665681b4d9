using System.Runtime.Intrinsics.X86;

namespace Dcsm.Clip.Int8;

/// <summary>What the processor has for products of bytes.</summary>
internal static class Int8Processor
{
    /// <summary>Instructions that sum four products of bytes in 32 bits (VNNI), in vectors of 512 bits or of 256.</summary>
    public static bool HasDotProducts { get; } = AvxVnni.IsSupported || (Avx512F.IsSupported && HasAvx512Vnni());

    // CPUID, leaf 7, register ECX, bit 11; .NET has no name for it.
    private static bool HasAvx512Vnni() => (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0;
}
