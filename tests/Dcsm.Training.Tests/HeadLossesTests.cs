using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
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
        float[,] matrix =
        {
            { 1, 2, 0, -1 },
            { 0, 3, 1, 1 },
            { 2, 0, -2, 0 },
            { 0, 1, 1, 4 },
        };
        double expected = 0;
        for (int i = 0; i < 4; i++)
        {
            double row = 0,
                column = 0;
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

    [Fact]
    public void Without_opposite_images_eight_images_meet_sixteen_captions()
    {
        // Rows and columns of missing images, 8 … 15, hold what must not matter.
        var random = new Random(1);
        float[,] matrix = new float[16, 16];
        for (int i = 0; i < 16; i++)
        {
            for (int j = 0; j < 16; j++)
                matrix[i, j] = i < 8 ? (float)((random.NextDouble() * 6) - 3) : 1000;
        }

        double rows = 0,
            columns = 0;
        double[,] gradient = new double[16, 16];
        for (int i = 0; i < 8; i++)
        {
            double row = 0,
                column = 0;
            for (int j = 0; j < 16; j++)
                row += Math.Exp(matrix[i, j]);
            for (int j = 0; j < 8; j++)
                column += Math.Exp(matrix[j, i]);
            rows += (Math.Log(row) - matrix[i, i]) / 8;
            columns += (Math.Log(column) - matrix[i, i]) / 8;
            for (int j = 0; j < 16; j++)
                gradient[i, j] += ((Math.Exp(matrix[i, j]) / row) - (i == j ? 1 : 0)) / 8;
            for (int j = 0; j < 8; j++)
                gradient[j, i] += ((Math.Exp(matrix[j, i]) / column) - (i == j ? 1 : 0)) / 8;
        }

        using Tensor scores = tensor(matrix).unsqueeze(0).requires_grad_();
        using Tensor present = tensor([.. Enumerable.Range(0, 16).Select(i => i < 8 ? 1f : 0)], [1, 16]);
        using Tensor loss = HeadLosses.ContrastiveOfGroups(scores, present).mean();
        loss.backward();

        Assert.Equal(rows + columns, loss.item<float>(), 1e-5);
        float[] found = [.. scores.grad!.contiguous().data<float>()];
        for (int i = 0; i < 256; i++)
            Assert.Equal(gradient[i / 16, i % 16], found[i], 1e-6);
    }

    [Fact]
    public void One_image_and_two_captions_are_told_apart_by_the_image_alone()
    {
        using Tensor scores = tensor(new float[] { 2, 0.5f, 7, -7 }, [1, 2, 2]).requires_grad_();
        using Tensor present = tensor(new float[] { 1, 0 }, [1, 2]);
        using Tensor loss = HeadLosses.ContrastiveOfGroups(scores, present).sum();
        loss.backward();

        double wrong = 1 / (1 + Math.Exp(1.5));
        Assert.Equal(CrossEntropy(2, 0.5), loss.item<float>(), 1e-6);
        Assert.Equal(
            new[] { (float)-wrong, (float)wrong, 0, 0 },
            scores.grad!.contiguous().data<float>().ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-6
        );
    }

    [Fact]
    public void A_batch_of_both_kinds_is_the_mean_of_its_groups()
    {
        using Tensor scores = tensor(new float[] { 2, 0, 1, 1, -1, 3, 0, 0.5f }, [2, 2, 2]);
        using Tensor present = tensor(new float[] { 1, 1, 1, 0 }, [2, 2]);

        double square = ((CrossEntropy(2, 0) + CrossEntropy(1, 1)) / 2) + ((CrossEntropy(2, 1) + CrossEntropy(1, 0)) / 2);
        double single = CrossEntropy(-1, 3);

        float[] groups = [.. HeadLosses.ContrastiveOfGroups(scores, present).data<float>()];
        Assert.Equal(square, groups[0], 1e-5);
        Assert.Equal(single, groups[1], 1e-5);
    }

    [Fact]
    public void Where_all_images_are_there_it_is_the_square_loss()
    {
        using Tensor scores = randn([5, 16, 16]),
            all = ones([5, 16]);
        float square = HeadLosses.Contrastive(scores).item<float>();
        Assert.Equal(square, HeadLosses.ContrastiveOfGroups(scores, null).mean().item<float>(), 1e-5);
        Assert.Equal(square, HeadLosses.ContrastiveOfGroups(scores, all).mean().item<float>(), 1e-5);
    }

    [Fact]
    public void Maps_standardized_together_leave_missing_images_out()
    {
        // A group of two samples, of which the second has no opposite; and the same three images in a batch of their own.
        using Tensor images = randn([1, 4, 5, 8]),
            texts = randn([1, 4, 3, 8]),
            rows = full([1, 4, 3], -1L, ScalarType.Int64),
            words = zeros([0, 5]);
        using Tensor present = tensor(new float[] { 1, 1, 1, 0 }, [1, 4]);
        float[] found = [.. new HeadBatch(images, texts, rows, present).Maps(words, 1).narrow(1, 0, 3).contiguous().data<float>()];

        using Tensor plain = images
            .narrow(1, 0, 3)
            .flatten(1, 2)
            .bmm(texts.flatten(1, 2).transpose(1, 2))
            .unflatten(2, [4, 3])
            .unflatten(1, [3, 5])
            .transpose(2, 3)
            .contiguous();
        float[] wanted = [.. ((plain - plain.mean()) / plain.std()).contiguous().data<float>()];
        Assert.Equal(wanted, found, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    private static double CrossEntropy(double right, double wrong) => Math.Log(1 + Math.Exp(wrong - right));
}
