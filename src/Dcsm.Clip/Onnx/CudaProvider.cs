using System.Globalization;
using Dcsm.Clip.Models;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Onnx;

/// <summary>ONNX Runtime's CUDA provider, which a build has or has not.</summary>
internal static class CudaProvider
{
    private const string Name = "CUDAExecutionProvider";

    // Results are to be those of the processor: no multiplications in 19 bits, which are the default of newer cards. Shapes differ from run
    // to run, so that trying each way of convolving out would never end.
    private static readonly Dictionary<string, string> Habits = new(StringComparer.Ordinal)
    {
        ["use_tf32"] = "0",
        ["cudnn_conv_algo_search"] = "HEURISTIC",
    };

    private static bool _isTold;

    /// <summary>Refuses a device that this build can't use, before anything is read.</summary>
    /// <exception cref="ArgumentException">The device is asked for and can't be had; the message says what is missing.</exception>
    public static void Check(ClipDevice device)
    {
        if (device.CudaNumber is not null && !IsBuiltIn())
        {
            throw new ArgumentException(
                $"--device {device}: this program is built without CUDA; build it with -p:DcsmOnnx=cuda, or take --device cpu"
            );
        }
    }

    /// <summary>Has a session run on a device.</summary>
    /// <param name="session">The session that is to be.</param>
    /// <param name="device">The device.</param>
    /// <param name="warn">Told why the processor is taken where <see cref="ClipDevice.Auto"/> was asked for.</param>
    /// <returns>Whether it is a graphics card.</returns>
    /// <exception cref="ArgumentException">The device is asked for and can't be had; the message says what is missing.</exception>
    public static bool Add(SessionOptions session, ClipDevice device, Action<string>? warn)
    {
        Check(device);
        if (device == ClipDevice.Cpu || !IsBuiltIn())
            return false;
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(
                new Dictionary<string, string>(Habits, StringComparer.Ordinal)
                {
                    ["device_id"] = (device.CudaNumber ?? 0).ToString(CultureInfo.InvariantCulture),
                }
            );
            session.AppendExecutionProvider_CUDA(cuda);
            return true;
        }
        catch (OnnxRuntimeException e) when (device == ClipDevice.Auto)
        {
            // The same for every tower.
            if (!Interlocked.Exchange(ref _isTold, true))
                warn?.Invoke($"CUDA can't be used, and the processor is: {Reason(e)}");
            return false;
        }
        catch (OnnxRuntimeException e)
        {
            throw new ArgumentException($"--device {device}: CUDA can't be used: {Reason(e)}", e);
        }
    }

    private static bool IsBuiltIn() => OrtEnv.Instance().GetAvailableProviders().Contains(Name, StringComparer.Ordinal);

    // Where a library is missing, its name stands behind the place in ONNX Runtime's source and the path of its own.
    private static string Reason(OnnxRuntimeException e)
    {
        const string Before = "with error: ";
        string message = e.Message.Trim();
        return message.LastIndexOf(Before, StringComparison.Ordinal) is var place and >= 0 ? message[(place + Before.Length)..] : message;
    }
}
