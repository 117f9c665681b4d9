using TorchSharp;

namespace Dcsm.Training.Torch;

/// <summary>
/// Chooses the device for everything that is trained until it is disposed: heads, CLIPs, adaptations. Frozen CLIPs stay with ONNX Runtime
/// on the processor. libtorch has one default device a process, so there is one scope at a time.
/// </summary>
/// <remarks>The CUDA path has never been run: no GPU was at hand.</remarks>
public sealed class TrainingDeviceScope : IDisposable
{
    private readonly torch.Device _before;

    private TrainingDeviceScope(torch.Device device)
    {
        _before = torch.get_default_device();
        torch.set_default_device(device);
    }

    /// <summary>What computes: "cpu" or "cuda".</summary>
    public static string Current => torch.get_default_device().type.ToString().ToLowerInvariant();

    /// <summary>Chooses a device.</summary>
    /// <param name="device">Which.</param>
    /// <exception cref="ArgumentException">
    /// CUDA is asked for, and libtorch or this machine has none; the message says which, and what to do.
    /// </exception>
    public static TrainingDeviceScope Use(TrainingDevice device)
    {
        TorchNative.EnsureLoaded();
        bool available = device != TrainingDevice.Cpu && torch.cuda_is_available();
        if (device == TrainingDevice.Cuda && !available)
        {
            throw new ArgumentException(
                TorchNative.HasCuda
                    ? "--device cuda: libtorch has CUDA, but finds no GPU that it can use; see that 'nvidia-smi' lists one, or take "
                        + "--device cpu"
                    : "--device cuda: libtorch is here for the processor alone; take TorchSharp-cuda-linux or TorchSharp-cuda-windows in "
                        + "place of TorchSharp-cpu (dcsm itself: build with -p:DcsmTorch=cuda), or take --device cpu"
            );
        }
        return new TrainingDeviceScope(torch.device(available ? DeviceType.CUDA : DeviceType.CPU));
    }

    /// <summary>Goes back to the device from before.</summary>
    public void Dispose() => torch.set_default_device(_before);
}
