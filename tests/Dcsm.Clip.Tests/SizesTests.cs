using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;

namespace Dcsm.Clip.Tests;

/// <summary>Sizes whose product wraps to that of what is given.</summary>
public sealed class SizesTests
{
    [Theory]
    [InlineData(1 << 22, 1 << 21, 1 << 21)]
    [InlineData(1 << 30, 1 << 30, 16)]
    public void Embeddings_have_as_many_values_as_their_sizes_say(int count, int tokens, int dimension) =>
        Assert.Throws<ArgumentException>(() => new TokenEmbeddings([], count, tokens, dimension));

    [Fact]
    public void Towers_are_built_as_far_as_there_are_tensors_for_them()
    {
        var endless = new ClipConfig
        {
            Vision = new ClipVisionConfig { Layers = int.MaxValue },
            Text = new ClipTextConfig { Layers = int.MaxValue },
        };
        foreach (
            Action<Action<OnnxWeight>> build in (Action<Action<OnnxWeight>>[])
                [
                    check => ClipGraphs.Vision(endless, new GraphWeights("", check)),
                    check => ClipGraphs.Text(endless, new GraphWeights("", check)),
                ]
        )
        {
            int found = 0;
            Assert.Throws<InvalidDataException>(() => build(weight => NotBeyond(weight, ref found)));
            Assert.InRange(found, 30, 60);
        }

        // Two layers are there, of sixteen tensors each, and what stands before them.
        static void NotBeyond(OnnxWeight weight, ref int found) =>
            found += weight.Name.Contains("layers.2.", StringComparison.Ordinal) ? throw new InvalidDataException(weight.Name) : 1;
    }
}
