using Dcsm.Clip.Models;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Onnx;

/// <summary>ONNX Runtime's CUDA provider, which a build has or has not.</summary>
internal static class CudaProvider
{
    private const string Name = "CUDAExecutionProvider";

    /// <summary>Refuses a device that this build can't use, before anything is read.</summary>
    /// <exception cref="InvalidDataException">The device is asked for and can't be had; the message says what is missing.</exception>
    public static void Check(ClipDevice device)
    {
        if (device.CudaNumber is not null && !IsBuiltIn())
        {
            throw new InvalidDataException(
                $"--device {device}: this program is built without CUDA; build it with -p:DcsmOnnx=cuda, or take --device cpu"
            );
        }
    }

    /// <summary>Has a session run on a device.</summary>
    /// <exception cref="InvalidDataException">The device is asked for and can't be had; the message says what is missing.</exception>
    public static void Add(SessionOptions session, ClipOptions options)
    {
        if (options.Device == ClipDevice.Cpu || !IsBuiltIn())
            return;

        try
        {
            session.AppendExecutionProvider_CUDA(options.Device.CudaNumber ?? 0);
        }
        catch (OnnxRuntimeException e) when (options.Device == ClipDevice.Auto)
        {
            options.Warn?.Invoke($"CUDA can't be used, and the processor is: {e.Message}");
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"--device {options.Device}: CUDA can't be used ({e.Message})", e);
        }
    }

    private static bool IsBuiltIn() => OrtEnv.Instance().GetAvailableProviders().Contains(Name, StringComparer.Ordinal);
}
