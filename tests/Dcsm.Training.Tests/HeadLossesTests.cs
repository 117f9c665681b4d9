using Dcsm.Training.Internals;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

public sealed class HeadLossesTests
{
    public HeadLossesTests() => TorchNative.EnsureLoaded();

    [Fact]
    public void The_block_loss_is_the_mean_cross_entropy_of_rows_plus_that_of_columns()
    {
        // Two samples; rows are image and opposite, columns caption and opposite.
        using Tensor scores = tensor(new float[] { 2, 0, 1, 1, -1, 3, 0, 0.5f }, [2, 2, 2]);

        double rows = (CrossEntropy(2, 0) + CrossEntropy(1, 1) + CrossEntropy(-1, 3) + CrossEntropy(0.5, 0)) / 4;
        double columns = (CrossEntropy(2, 1) + CrossEntropy(1, 0) + CrossEntropy(-1, 0) + CrossEntropy(0.5, 3)) / 4;

        Assert.Equal(rows + columns, HeadLosses.Contrastive(scores).item<float>(), 1e-5);
    }

    [Fact]
    public void The_official_loss_is_that_of_the_whole_matrix()
    {
        float[,] matrix = { { 1, 2, 0, -1 }, { 0, 3, 1, 1 }, { 2, 0, -2, 0 }, { 0, 1, 1, 4 } };
        double expected = 0;
        for (int i = 0; i < 4; i++)
        {
            double row = 0, column = 0;
            for (int j = 0; j < 4; j++)
            {
                row += Math.Exp(matrix[i, j]);
                column += Math.Exp(matrix[j, i]);
            }
            expected += (Math.Log(row) + Math.Log(column) - (2 * matrix[i, i])) / 4;
        }

        using Tensor scores = tensor(matrix).unsqueeze(0);
        Assert.Equal(expected, HeadLosses.Contrastive(scores).item<float>(), 1e-5);
    }

    [Fact]
    public void Blocks_of_a_joined_matrix_are_those_of_its_samples()
    {
        // Two samples and their opposites: sample s has the rows and columns s and s + 2.
        using Tensor matrix = arange(16, ScalarType.Float32).reshape(1, 4, 4);
        Assert.Equal([0f, 2, 8, 10, 5, 7, 13, 15], HeadLosses.Blocks(matrix).contiguous().data<float>().ToArray());
    }

    [Fact]
    public void A_picture_is_right_where_its_own_caption_scores_higher_and_a_tie_is_wrong()
    {
        using Tensor scores = tensor(new float[] { 2, 0, 1, 1, -1, 3, 0, 0.5f }, [2, 2, 2]);
        Assert.Equal([1f, 0, 0, 1], HeadLosses.Right(scores).contiguous().data<float>().ToArray());
    }

    private static double CrossEntropy(double right, double wrong) => Math.Log(1 + Math.Exp(wrong - right));
}
