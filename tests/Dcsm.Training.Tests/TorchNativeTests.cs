using Dcsm.Training.Torch;
using TorchSharp;

namespace Dcsm.Training.Tests;

public class TorchNativeTests
{
    [Fact]
    public void Torch_adds_tensors_in_this_process()
    {
        TorchNative.EnsureLoaded();
        TorchNative.EnsureLoaded();
        using torch.Tensor sum = torch.tensor(new float[] { 1, 2 }) + torch.tensor(new float[] { 3, 4 });
        Assert.Equal([4f, 6f], sum.data<float>().ToArray());
    }

    [Fact]
    public void The_patch_flips_exactly_one_flag()
    {
        if (!OperatingSystem.IsLinux())
            return;
        byte[] original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        byte[] patched = [.. original];

        Assert.True(ElfVersionNeeds.MarkWeak(patched, "GLIBCXX_3.4.32"));

        int[] changed = [.. Enumerable.Range(0, original.Length).Where(i => original[i] != patched[i])];
        int at = Assert.Single(changed);
        Assert.Equal((0, 2), (original[at], patched[at]));
        Assert.False(ElfVersionNeeds.MarkWeak([.. original], "GLIBCXX_9.9.9"));
    }

    [Fact]
    public void What_is_no_elf_file_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak(new byte[100], "GLIBCXX_3.4.32"));
        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.MarkWeak("MZ"u8.ToArray(), "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void A_torn_elf_file_is_refused()
    {
        if (!OperatingSystem.IsLinux())
            return;
        byte[] original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ElfVersionNeeds.MarkWeak([.. original.Take(100_000)], "GLIBCXX_3.4.32")
        );
        Assert.Contains("torn", error.Message, StringComparison.Ordinal);
    }
}
