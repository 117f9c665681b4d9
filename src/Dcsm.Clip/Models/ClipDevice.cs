using System.Globalization;

namespace Dcsm.Clip.Models;

/// <summary>What networks are computed on: the processor, or a graphics card by ONNX Runtime's CUDA provider. Immutable.</summary>
/// <remarks>
/// CUDA needs the package Microsoft.ML.OnnxRuntime.Gpu.Linux in the place of Microsoft.ML.OnnxRuntime; the build switch
/// <c>-p:DcsmOnnx=cuda</c> takes it.
/// </remarks>
public readonly record struct ClipDevice
{
    private const string CudaName = "cuda",
        AutoName = "auto",
        CpuName = "cpu";

    // 0 is the processor, so that the default is.
    private readonly int _code;

    private ClipDevice(int code) => _code = code;

    /// <summary>The processor.</summary>
    public static ClipDevice Cpu => default;

    /// <summary>The first graphics card where there is one that can be used, or else the processor.</summary>
    public static ClipDevice Auto => new(-1);

    /// <summary>The number of the graphics card; null where none is asked for by number.</summary>
    public int? CudaNumber => _code > 0 ? _code - 1 : null;

    /// <summary>A graphics card.</summary>
    /// <param name="number">Which one, from 0.</param>
    public static ClipDevice Cuda(int number = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfEqual(number, int.MaxValue);
        return new ClipDevice(number + 1);
    }

    /// <summary>Reads "auto", "cpu", "cuda" or "cuda:1".</summary>
    /// <returns>The device; null where the text is of none.</returns>
    public static ClipDevice? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text switch
        {
            AutoName => Auto,
            CpuName => Cpu,
            CudaName => Cuda(),
            _ => text.StartsWith(CudaName + ":", StringComparison.Ordinal)
            && ushort.TryParse(text.AsSpan(CudaName.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
                ? Cuda(number)
                : null,
        };
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() =>
        this == Auto ? AutoName
        : CudaNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $"{CudaName}:{number}")
        : CpuName;
}
