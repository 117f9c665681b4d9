using Dcsm.Head;
using Dcsm.Numerics.Vectors;
using Dcsm.Scoring.Engines;

namespace Dcsm.Tests;

public class HeadGoldenTests
{
    [Fact]
    [Trait("Kind", "Kernels")]
    public void Every_vector_width_gives_the_official_scores()
    {
        DcsmHead head = Goldens.FormulaHead();
        foreach (VectorWidth width in VectorWidth.Available)
        {
            float[] scores = new float[3];
            ScoreEngine.Create(head.Config, head.Weights, width).ScoreMaps(Goldens.Tensor("head_inputs.safetensors", "maps"), scores);
            Assert.InRange(Goldens.MaxDifference(Goldens.Tensor("head_expected.safetensors", "scores"), scores), 0, 1e-5);
        }
    }

    [Fact]
    public void Reference_path_equals_the_official_head_layer_by_layer()
    {
        DcsmHead head = Goldens.FormulaHead();
        float[] maps = Goldens.Tensor("head_inputs.safetensors", "maps");
        Span<float> map = maps.AsSpan(0, 197 * 30);
        float[] expected = Goldens.Tensor("head_expected.safetensors", "scores");
        for (int i = 0; i < 3; i++)
            Assert.Equal(expected[i], ReferenceHead.Score(head.Config, head.Weights, maps.AsSpan(i * map.Length, map.Length)), 1e-5);

        double[] input = Array.ConvertAll(map.ToArray(), value => (double)value);
        double[] first = ReferenceHead.Convolve(
            head.Config,
            input,
            1,
            head.Weights.Conv1Weight.ToArray(),
            head.Weights.Conv1Bias.ToArray()
        );
        double[] second = ReferenceHead.Convolve(
            head.Config,
            first,
            4,
            head.Weights.Conv2Weight.ToArray(),
            head.Weights.Conv2Bias.ToArray()
        );
        double[] hidden = ReferenceHead.Linear(second, head.Weights.Fc1Weight.ToArray(), head.Weights.Fc1Bias.ToArray(), relu: true);
        Assert.InRange(Difference("relu_conv1_first_map", first), 0, 1e-5);
        Assert.InRange(Difference("relu_conv2_first_map", second), 0, 1e-5);
        Assert.InRange(Difference("relu_fc1", hidden), 0, 1e-5);
    }

    private static double Difference(string tensor, double[] values) =>
        Goldens.MaxDifference(
            Goldens.Tensor("head_expected.safetensors", tensor).AsSpan(0, values.Length),
            Array.ConvertAll(values, value => (float)value)
        );
}
