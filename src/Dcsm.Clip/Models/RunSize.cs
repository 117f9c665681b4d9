namespace Dcsm.Clip.Models;

/// <summary>How many images or captions go through a transformer at once.</summary>
internal static class RunSize
{
    // Of more, the activations leave the caches between one layer and the next; of fewer, weights are fetched for too little
    // work. Measured on the image towers of ViT-B/16, ViT-B/32 and the small CLIP: within 10 % of the best of 1 to 32 images.
    private const long WidestActivations = 3 << 20;

    /// <summary>
    /// The fewest items whose widest activations, those between the two layers of an MLP, fill what is set aside for them.
    /// </summary>
    /// <param name="tokens">Tokens of an item.</param>
    /// <param name="intermediateSize">Values of a token in the MLP.</param>
    /// <param name="atMost">The most items.</param>
    public static int Items(int tokens, int intermediateSize, int atMost)
    {
        long item = Math.Max(1, (long)tokens * intermediateSize * sizeof(float));
        return (int)Math.Min(atMost, (WidestActivations + item - 1) / item);
    }
}
