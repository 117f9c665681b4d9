using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Dcsm.Scoring.Engines;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Tests;

/// <summary>The head as an ONNX graph against the processor's own engine.</summary>
public class OnnxScoreEngineTests
{
    [Property(MaxTest = 60)]
    public Property The_graph_scores_as_the_processor_does() =>
        Prop.ForAll(
            Gen.Zip(
                    Gen.Choose(1, 40).Four(),
                    Gen.Zip(Gen.Choose(0, 4), Gen.Choose(1, 9).Three()),
                    (sizes, rest) =>
                        (
                            sizes.Item1,
                            sizes.Item2,
                            sizes.Item3,
                            sizes.Item4,
                            Convolutions: rest.Item1,
                            Channels: rest.Item2.Item1,
                            Images: rest.Item2.Item2,
                            Captions: rest.Item2.Item3
                        )
                )
                .ToArbitrary(),
            size =>
            {
                DcsmConfig config = TestHeads.Config(size.Item1, size.Item2, size.Item3, size.Channels, size.Item4) with
                {
                    Convolutions = size.Convolutions,
                };
                var weights = DcsmHeadWeights.Create(config, (ulong)size.Item1);
                using OnnxScoreEngine graph = OnnxScoreEngine.Create(config, weights, ClipDevice.Cpu, atOnce: 1 + (size.Item2 % 7))!;
                var processor = ScoreEngine.Create(config, weights);
                ImageEncoding images = TestHeads.Images(config, 1, size.Images);
                TextEncoding captions = TestHeads.Captions(
                    config,
                    2,
                    [.. Enumerable.Range(0, size.Captions).Select(i => TestHeads.SomeCaptions[(i + size.Item1) % 10])]
                );
                RowPlacement placement = size.Item1 % 2 == 0 ? RowPlacement.TokenAligned : RowPlacement.OfficialNotebook;
                ColumnLayout[] layouts = [.. captions.Texts.Select(text => config.Words.Layout(text, placement))];
                MapStatistics? together = size.Item3 % 3 == 0 ? new MapStatistics(2, 0.1, 0.04) : null;
                int count = size.Images * size.Captions;
                (int Image, int Caption)[] pairs = [.. Enumerable.Range(0, count).Select(i => (i % size.Images, 5 * i % size.Captions))];
                foreach (bool all in new[] { true, false })
                {
                    ScoreOutput found = new(new float[count], new MapStatistics[count], together),
                        expected = new(new float[count], new MapStatistics[count], together);
                    foreach ((IScoreEngine engine, ScoreOutput output) in new[] { ((IScoreEngine)graph, found), (processor, expected) })
                    {
                        if (all)
                            engine.Grid(images.Tokens, captions.Tokens, layouts, output, new ParallelOptions());
                        else
                            engine.Pairs(images.Tokens, captions.Tokens, layouts, pairs, output, new ParallelOptions());
                    }

                    Assert.InRange(Goldens.MaxDifference(expected.Scores!, found.Scores!), 0, 1e-4);
                    for (int i = 0; together is null && i < count; i++)
                    {
                        Assert.Equal(expected.Statistics![i].Mean, found.Statistics![i].Mean, 1e-5);
                        Assert.Equal(expected.Statistics[i].Deviation, found.Statistics[i].Deviation, 1e-5);
                    }
                }
            }
        );

    [Fact]
    public void At_full_size_the_graph_scores_as_the_processor_does_and_in_16_bits_nearly_so()
    {
        DcsmHead head = Goldens.FormulaHead();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 3);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, TestHeads.SomeCaptions);
        float[] expected = [.. head.Score(images, captions).Cast<float>()];
        Assert.InRange(Goldens.MaxDifference(expected, Scores(half: false)), 0, 1e-4);
        float spread = expected.Max() - expected.Min();
        Assert.InRange(Goldens.MaxDifference(expected, Scores(half: true)), float.Epsilon, 0.02f * spread);

        float[] Scores(bool half)
        {
            float[] scores = new float[expected.Length];
            using OnnxScoreEngine engine = OnnxScoreEngine.Create(head.Config, head.Weights, ClipDevice.Cpu, half)!;
            engine.Grid(
                images.Tokens,
                captions.Tokens,
                [.. captions.Texts.Select(text => head.Config.Words.Layout(text, head.Config.Placement))],
                new ScoreOutput(scores, null, null),
                new ParallelOptions()
            );
            return scores;
        }
    }

    [Fact]
    public void What_is_no_number_has_a_score_that_is_none()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 2).With(head.Config.ImageTokens * head.Config.Dimension, float.NaN);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, "no cat");
        float[] scores = new float[2];
        using OnnxScoreEngine engine = OnnxScoreEngine.Create(head.Config, head.Weights, ClipDevice.Cpu)!;
        engine.Grid(
            images.Tokens,
            captions.Tokens,
            [head.Config.Words.Layout(captions.Texts[0], head.Config.Placement)],
            new ScoreOutput(scores, null, null),
            new ParallelOptions()
        );
        Assert.True(float.IsFinite(scores[0]));
        Assert.True(float.IsNaN(scores[1]));
    }

    [Fact]
    public void Without_CUDA_a_head_of_its_own_accord_is_the_processors_and_one_that_is_asked_for_is_an_error()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 2);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, TestHeads.SomeCaptions);
        Assert.Equal(head.Score(images, captions), head.On(ClipDevice.Auto).Score(images, captions));
        ArgumentException error = Assert.Throws<ArgumentException>(() => head.On(ClipDevice.Cuda(1)).Score(images, captions));
        Assert.StartsWith("--device cuda:1: ", error.Message, StringComparison.Ordinal);
    }
}
