using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Tests;

public class ExplanationTests
{
    [Fact]
    public void A_map_is_told_token_by_token_and_word_by_word()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 2);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, "a cat", "a kitten above a dog");
        DenseMapExplanation explanation = head.Explain(images, 1, captions, 1);

        Assert.Equal("a kitten above a dog", explanation.Caption);
        Assert.Equal(
            ["<start>", "a", "kitt", "en", "abov", "e", "a", "dog", "<end>", "<pad>", "<pad>", "<pad>"],
            explanation.Tokens.Select(token => token.Text)
        );
        Assert.Equal(
            ["above", "above"],
            explanation.Tokens.Where(token => token.FunctionalWord != null).Select(token => token.FunctionalWord)
        );
        Assert.Equal(["a", "kitten", "above", "a", "dog"], explanation.Words.Select(word => word.Text));
        Assert.Equal([2, 3], explanation.Words[1].Columns);
        Assert.Equal("above", explanation.Words[2].FunctionalWord);
        Assert.Equal(head.Score(images, captions)[1, 1], explanation.Score!.Value, 1e-5);
    }

    [Fact]
    public void Patches_are_the_columns_without_cls()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 1);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, "a kitten above a dog");
        DenseMapExplanation explanation = head.Explain(images, 0, captions, 0);

        Assert.Equal(3, explanation.GridSide);
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal(explanation.Map[((i + 1) * 12) + 4], explanation.Patches(4)[i]);
            Assert.Equal(
                (explanation.Map[((i + 1) * 12) + 2] + explanation.Map[((i + 1) * 12) + 3]) / 2,
                explanation.Patches(explanation.Words[1])[i],
                1e-6
            );
        }
        // The plain map keeps CLIP's cosines; the placed one has the row.
        float[] row = head.Weights.FunctionalRows.ToArray()[..10];
        for (int i = 0; i < 10; i++)
            Assert.Equal(row[i], explanation.PlacedMap[(i * 12) + 4]);
        Assert.NotEqual(explanation.PlacedMap[4], explanation.Map[4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => explanation.Patches(12));
    }

    [Fact]
    public void Indices_outside_are_refused()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 1);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, "a");
        Assert.Throws<ArgumentOutOfRangeException>(() => head.Explain(images, 1, captions, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => head.Explain(images, 0, captions, -1));
    }
}
