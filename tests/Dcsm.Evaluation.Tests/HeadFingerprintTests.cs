using Dcsm.Evaluation.Scorers;
using Dcsm.FunctionalWords;
using Dcsm.Head;

namespace Dcsm.Evaluation.Tests;

public class HeadFingerprintTests
{
    private static DcsmHead Head(ulong seed)
    {
        DcsmConfig config = new()
        {
            ClipFingerprint = "sha256:fake",
            ImageTokens = 17,
            TextTokens = 8,
            Dimension = 4,
            Words = FunctionalWordList.Official,
        };
        return new DcsmHead(config, DcsmHeadWeights.Create(config, seed));
    }

    [Fact]
    public void The_same_numbers_have_the_same_fingerprint()
    {
        Assert.Equal(HeadFingerprint.Of(Head(1)), HeadFingerprint.Of(Head(1)));
        Assert.Matches("^sha256:[0-9a-f]{64}$", HeadFingerprint.Of(Head(1)));
    }

    [Fact]
    public void Another_number_anywhere_gives_another_fingerprint()
    {
        string usual = HeadFingerprint.Of(Head(1));
        Assert.NotEqual(usual, HeadFingerprint.Of(Head(2)));
        DcsmHead head = Head(1);
        foreach (string tensor in (string[])["conv1.weight", "fc2.bias", HeadTensors.FunctionalRows])
        {
            DcsmHeadWeights changed = HeadTensors.Assemble(
                head.Config,
                name =>
                {
                    float[] values = HeadTensors.Values(head.Weights, name).ToArray();
                    values[^1] += name == tensor ? 1 : 0;
                    return values;
                }
            );
            Assert.NotEqual(usual, HeadFingerprint.Of(new DcsmHead(head.Config, changed)));
        }
    }
}
