namespace Dcsm.IO.PyTorch;

/// <summary>How a PyTorch checkpoint is laid out.</summary>
public enum PyTorchFormat
{
    /// <summary>A zip archive, as <c>torch.save</c> writes since PyTorch 1.6.</summary>
    Zip,

    /// <summary>A zip archive with code, as <c>torch.jit.save</c> writes; the code is neither read nor run.</summary>
    TorchScript,

    /// <summary>Pickles and storages one after the other, as <c>torch.save</c> wrote before PyTorch 1.6.</summary>
    Legacy,
}
