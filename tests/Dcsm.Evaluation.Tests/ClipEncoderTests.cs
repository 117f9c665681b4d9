using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Tests;

public sealed class ClipEncoderTests
{
    [Fact]
    public void Embeddings_in_int8_are_not_taken_for_those_in_float32()
    {
        string folder = GoldenFiles.Path("clip-tiny", "a-quickgelu");
        using var exact = ClipModel.Load(folder);
        using var int8 = ClipModel.Load(folder, new ClipOptions { Precision = ClipPrecision.Int8 });
        ClipEncoder one = new(exact),
            two = new(int8);
        Assert.Equal(exact.Fingerprint, one.Fingerprint);
        Assert.Equal(exact.Fingerprint + ", int8", two.Fingerprint);
        Assert.NotEqual(EmbeddingCache.Key(one, [1, 2], box: null), EmbeddingCache.Key(two, [1, 2], box: null));
    }
}
