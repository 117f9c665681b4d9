namespace Dcsm.Training.Torch;

/// <summary>Where libtorch computes.</summary>
public enum TrainingDevice
{
    /// <summary>A GPU where this build and the machine have one, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The first CUDA GPU; needs libtorch with CUDA: the package TorchSharp-cuda-linux or -windows.</summary>
    Cuda,
}
