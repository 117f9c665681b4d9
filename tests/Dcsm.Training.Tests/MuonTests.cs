using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Tests;

public sealed class MuonTests
{
    public MuonTests() => TorchNative.EnsureLoaded();

    [Theory]
    [InlineData(8, 8, 1)]
    [InlineData(8, 40, 2)]
    [InlineData(16, 64, 3)]
    public void Singular_values_come_near_one(int rows, int columns, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed);
        Tensor x = randn([3, rows, columns], generator: generator) * 7;

        float[] values = [.. linalg.svdvals(Muon.Orthogonalize(x)).data<float>()];

        // Random matrices have some small singular values, which five iterations lift, but not to 1.
        Assert.All(values, value => Assert.InRange(value, 0.2f, 1.3f));
        Assert.True(values.Count(value => value is > 0.6f and < 1.25f) >= 0.8 * values.Length, string.Join(' ', values));
    }

    [Fact]
    public void An_update_has_the_size_of_AdamWs_whatever_the_gradients_scale_and_the_matrix_shape()
    {
        foreach ((int rows, int columns) in new[] { (32, 32), (16, 96), (96, 16) })
        {
            foreach (float scale in new[] { 1e-4f, 1f, 1e3f })
            {
                using DisposeScope scope = NewDisposeScope();
                using var matrix = new Parameter(zeros(rows, columns));
                var parameters = new Dictionary<string, Parameter> { ["m"] = matrix };
                using var generator = new Generator(5);
                matrix.grad = randn([rows, columns], generator: generator) * scale;

                new Muon(parameters, rate: 2).Advance(
                    parameters,
                    new Dictionary<string, Tensor> { ["m"] = zeros(rows, columns) },
                    learningRate: 0.01,
                    weightDecay: 0
                );

                double size = matrix.square().mean().sqrt().item<float>();
                Assert.InRange(size, 0.7 * 0.2 * 0.02, 1.2 * 0.2 * 0.02);
            }
        }
    }

    [Fact]
    public void A_matrix_that_is_asked_for_is_stepped_by_Muon_and_the_rest_by_AdamW()
    {
        using DisposeScope scope = NewDisposeScope();
        var parameters = new Dictionary<string, Parameter> { ["bias"] = new(zeros(3)), ["matrix"] = new(zeros(3, 3)) };
        parameters["bias"].grad = ones(3);
        parameters["matrix"].grad = eye(3) * 2;
        var adam = new AdamW(parameters, 0, muon: new Muon(parameters.Where(p => p.Key == "matrix"), rate: 1));

        adam.Advance(0.1, maximumNorm: 1e9);

        Assert.All(parameters["bias"].data<float>().ToArray(), value => Assert.Equal(-0.1f, value, 1e-4f));
        float[] matrix = [.. parameters["matrix"].data<float>()];
        // The gradient is orthogonal but for its scale: all its singular values go through the iterations alike.
        Assert.All([0, 4, 8], i => Assert.InRange(matrix[i], -1.2f * 0.1f * 0.2f * MathF.Sqrt(3), -0.65f * 0.1f * 0.2f * MathF.Sqrt(3)));
        Assert.All([1, 2, 3, 5, 6, 7], i => Assert.Equal(0, matrix[i], 1e-6f));
    }
}
