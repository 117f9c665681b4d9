using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Scenes;

/// <summary>What one scorer gave one sample, and what follows from it.</summary>
public sealed class SceneScores
{
    private readonly float[] _scores;
    private readonly Choice[] _captions;
    private readonly Choice[] _images;

    /// <param name="test">The sample.</param>
    /// <param name="scorer">What the scorer is called, for errors.</param>
    /// <param name="scores">[paraphrases, 2 images, 2 captions]: image then opposite image, caption then opposite caption.</param>
    /// <exception cref="InvalidDataException">A score is NaN.</exception>
    public SceneScores(SceneTest test, string scorer, float[] scores)
    {
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Length != 4 * test.Paraphrases)
        {
            throw new ArgumentException(
                $"{test.Paraphrases} paraphrases have {4 * test.Paraphrases} scores, not {scores.Length}.",
                nameof(scores)
            );
        }

        _scores = scores;
        Paraphrases = test.Paraphrases;
        _captions = new Choice[2 * Paraphrases];
        _images = new Choice[2 * Paraphrases];
        for (int t = 0; t < Paraphrases; t++)
        {
            for (int side = 0; side < 2; side++)
            {
                string name = side == 0 ? "image" : "opposite image";
                _captions[2 * t + side] = Choice.Of(
                    [Score(t, side, 0), Score(t, side, 1)],
                    side,
                    $"Sample {test.Id}, {name}, scorer {scorer}"
                );
                string caption = side == 0 ? test.Captions[t] : test.OppositeCaptions[t];
                _images[2 * t + side] = Choice.Of(
                    [Score(t, 0, side), Score(t, 1, side)],
                    side,
                    $"Sample {test.Id}, caption '{caption}', scorer {scorer}"
                );
            }
        }
    }

    /// <summary>How many paraphrases there are.</summary>
    public int Paraphrases { get; }

    /// <summary>How many choices among two captions there are: both images in each paraphrase.</summary>
    public int Items => 2 * Paraphrases;

    /// <summary>A score.</summary>
    /// <param name="paraphrase">Which paraphrase.</param>
    /// <param name="image">0 the image, 1 its opposite.</param>
    /// <param name="caption">0 the caption, 1 its opposite.</param>
    public float Score(int paraphrase, int image, int caption) => _scores[4 * paraphrase + 2 * image + caption];

    /// <summary>The choice among caption and opposite caption for an image (0) or its opposite (1).</summary>
    public Choice CaptionChoice(int paraphrase, int image) => _captions[2 * paraphrase + image];

    /// <summary>The choice among image and opposite image for a caption (0) or its opposite (1).</summary>
    public Choice ImageChoice(int paraphrase, int caption) => _images[2 * paraphrase + caption];

    /// <summary>By how much the right caption leads for an image (0) or its opposite (1); negative when the choice is wrong.</summary>
    public float Margin(int paraphrase, int image) => Score(paraphrase, image, image) - Score(paraphrase, image, 1 - image);

    /// <summary>How many of <see cref="Items"/> choose the right caption, ties wrong.</summary>
    public int CaptionsRight => _captions.Count(c => c.Strict);

    /// <summary>The same with ties counting half.</summary>
    public double CaptionsExpected => _captions.Sum(c => c.Expected);

    /// <summary>How many of <see cref="Items"/> give both captions the same score.</summary>
    public int Ties => _captions.Count(c => c.IsTie);

    /// <summary>How many of <see cref="Items"/> captions choose the right image, ties wrong.</summary>
    public int ImagesRight => _images.Count(c => c.Strict);

    /// <summary>
    /// In how many paraphrases all is right: both images their caption and both captions their image (the group score of Winoground).
    /// </summary>
    public int GroupsRight =>
        Enumerable
            .Range(0, Paraphrases)
            .Count(t => CaptionChoice(t, 0).Strict && CaptionChoice(t, 1).Strict && ImageChoice(t, 0).Strict && ImageChoice(t, 1).Strict);
}
