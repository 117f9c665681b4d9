namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// Images and captions that belong to one item, as ranges of larger encodings: each of the images is scored with each of the captions.
/// </summary>
/// <param name="FirstImage">The first image.</param>
/// <param name="Images">How many images.</param>
/// <param name="FirstCaption">The first caption.</param>
/// <param name="Captions">How many captions.</param>
public readonly record struct ScoreBlock(int FirstImage, int Images, int FirstCaption, int Captions)
{
    /// <summary>Scores the pairs of all blocks in one go.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="scorePairs">Scores of pairs of images and captions, by index.</param>
    /// <returns>Per block [images, captions].</returns>
    public static IReadOnlyList<float[,]> Score(IReadOnlyList<ScoreBlock> blocks, Func<(int Image, int Caption)[], float[]> scorePairs)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        ArgumentNullException.ThrowIfNull(scorePairs);
        float[] scores = scorePairs([
            .. blocks.SelectMany(b =>
                Enumerable.Range(0, b.Images * b.Captions).Select(i => (b.FirstImage + i / b.Captions, b.FirstCaption + i % b.Captions))
            ),
        ]);
        List<float[,]> results = new(blocks.Count);
        int next = 0;
        foreach (ScoreBlock block in blocks)
        {
            float[,] result = new float[block.Images, block.Captions];
            for (int i = 0; i < block.Images; i++)
            {
                for (int c = 0; c < block.Captions; c++)
                    result[i, c] = scores[next++];
            }

            results.Add(result);
        }

        return results;
    }
}
