using Dcsm.Benchmarks.Peers;
using Dcsm.Clip.Models;

namespace Dcsm.Benchmarks.Compare;

/// <summary>A ViT-B/16 with weights by formula, as ours and as the peer's.</summary>
internal sealed class B16 : IDisposable
{
    private readonly FormulaClip _directory;

    public B16()
    {
        Session.Say("a ViT-B/16 by formula");
        string folder = GoldenFiles.Path("clip-full", "clip-vit-base-patch16");
        Formula = FormulaTensors.Read(Path.Combine(folder, "formula.json"));
        _directory = FormulaClip.Write(folder);
        // As libtorch's threads, ours wait for work by spinning.
        Clip = ClipModel.Load(_directory.Directory, new ClipOptions { Spinning = true });
        Int8 = ClipModel.Load(_directory.Directory, new ClipOptions { Precision = ClipPrecision.Int8 });
        Peer = new TorchClipPeer(Clip.Config, Formula);
    }

    public FormulaTensors Formula { get; }

    public ClipModel Clip { get; }

    /// <summary>The same with its image tower in int8.</summary>
    public ClipModel Int8 { get; }

    public TorchClipPeer Peer { get; }

    public void Dispose()
    {
        Peer.Dispose();
        Clip.Dispose();
        Int8.Dispose();
        _directory.Dispose();
    }
}
