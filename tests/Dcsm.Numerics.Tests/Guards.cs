using System.Runtime.CompilerServices;

namespace Dcsm.Numerics.Tests;

/// <summary>Before any test: what kernels work in lies between pages that nobody may touch.</summary>
internal static class Guards
{
    [ModuleInitializer]
    internal static void Use() => GuardedBuffers.Use();
}
