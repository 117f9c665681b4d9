using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Tests;

public class StreamingTests
{
    [Fact]
    public void Batches_hold_no_more_than_they_may_and_every_pair_once()
    {
        int[] images = [0, 1, 0, 2, 1, 3, 0];
        int[] captions = [1, 2, 3, 1, 1, 2, 4];
        List<PairBatch> batches = PairBatch.Create(images, captions, 2, 3);
        var seen = new List<int>();
        foreach (PairBatch batch in batches)
        {
            Assert.InRange(batch.Images.Count, 1, 2);
            Assert.InRange(batch.Captions.Count, 1, 3);
            foreach (((int image, int caption), int number) in batch.Pairs.Zip(batch.Numbers))
            {
                Assert.Equal(images[number], batch.Images[image]);
                Assert.Equal(captions[number], batch.Captions[caption]);
                seen.Add(number);
            }
        }
        Assert.Equal(Enumerable.Range(0, 7), seen.Order());
        Assert.Equal([0, 2, 6], batches[0].Numbers);
        Assert.Empty(PairBatch.Create([], [], 2, 3));
    }

    [Fact]
    public void Empty_captions_are_named_by_index()
    {
        Assert.Contains(
            "Caption 1 is empty",
            Assert.Throws<ArgumentException>(() => DcsmScorer.CheckCaptions(["a", ""])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Caption 0 is empty",
            Assert.Throws<ArgumentException>(() => DcsmScorer.CheckCaptions([" \t"])).Message,
            StringComparison.Ordinal
        );
        DcsmScorer.CheckCaptions([]);
    }

    [Fact]
    public void A_warning_says_what_is_not_read()
    {
        TokenizedText caption = WordTokens.Tokenize("a cat and a dog and a bird above", 8);
        string warning = CaptionSet.TruncationWarning(caption);
        Assert.Contains("8 tokens", warning, StringComparison.Ordinal);
        Assert.Contains("'a cat and a dog and'", warning, StringComparison.Ordinal);
        Assert.Contains("not read: 'a bird above'", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_refuses_another_clip_and_says_both()
    {
        DcsmHead head = TestHeads.Small();
        var right = new ClipFacts("models/clip", 10, 8, 77);
        Assert.Null(ClipOfHead.Check(right, () => "sha256:0123", head));

        string wrong = ClipOfHead.Check(right, () => "sha256:4567", head)!;
        Assert.Contains("sha256:0123", wrong, StringComparison.Ordinal);
        Assert.Contains("models/clip has the fingerprint sha256:4567", wrong, StringComparison.Ordinal);

        wrong = ClipOfHead.Check(right with { ImageTokens = 50, Dimension = 512 }, NotAsked, head)!;
        Assert.Contains("10 image tokens of 8", wrong, StringComparison.Ordinal);
        Assert.Contains("models/clip has 50 of 512", wrong, StringComparison.Ordinal);

        wrong = ClipOfHead.Check(right with { ContextLength = 11 }, NotAsked, head)!;
        Assert.Contains("reads 12 text tokens; the CLIP in models/clip takes 11", wrong, StringComparison.Ordinal);

        static string NotAsked() => throw new InvalidOperationException("The weights need not be read.");
    }
}
