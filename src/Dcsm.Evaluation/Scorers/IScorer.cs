using Dcsm.Clip.Models;
using Dcsm.Head;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// Gives every pair of an image and a caption a score; the higher, the better they fit. An evaluation encodes pictures and
/// captions once per <see cref="Encoder"/> and asks all of its scorers.
/// </summary>
public interface IScorer
{
    /// <summary>What it is called in tables; no two scorers of one evaluation share a name.</summary>
    string Name { get; }

    /// <summary>What makes the embeddings that it scores.</summary>
    IEncoder Encoder { get; }

    /// <summary>How many text tokens <see cref="TextEncoding.Tokens"/> must have; 0 when it does not look at them.</summary>
    int TextTokens { get; }

    /// <summary>What it is, to be written into results: directory, fingerprint, settings. Keys are camelCase.</summary>
    IReadOnlyDictionary<string, string> Description { get; }

    /// <summary>Captions in the words in which it wants them encoded; as they are written, unless it says otherwise.</summary>
    /// <param name="captions">The captions as they are written.</param>
    IReadOnlyList<string> Read(IReadOnlyList<string> captions) => captions;

    /// <summary>How its scores become the probability that a caption is true of an image; null where they do not.</summary>
    ScoreCalibration? Calibration => null;

    /// <summary>
    /// Multiplications that a pair costs at most where every pair goes through a large network of its own, so that whoever starts it says
    /// so beforehand; 0 where embeddings are compared. Such a scorer cuts what it is given into batches of its own.
    /// </summary>
    long CostOfPair => 0;

    /// <summary>Scores every image with every caption.</summary>
    /// <param name="images">Embeddings of <see cref="Encoder"/>.</param>
    /// <param name="captions">Embeddings of <see cref="Encoder"/>, with <see cref="TextTokens"/> tokens.</param>
    /// <returns>[images, captions].</returns>
    float[,] Score(ImageEncoding images, TextEncoding captions);

    /// <summary>
    /// Scores many items at once, each as <see cref="Score"/> would score it alone. Scorers that gain by it do it in one go.
    /// </summary>
    /// <param name="images">Embeddings of all items' images.</param>
    /// <param name="captions">Embeddings of all items' captions.</param>
    /// <param name="blocks">The items.</param>
    /// <returns>Per item [images, captions].</returns>
    IReadOnlyList<float[,]> ScoreBlocks(ImageEncoding images, TextEncoding captions, IReadOnlyList<ScoreBlock> blocks) =>
        [.. blocks.Select(b => Score(images.Slice(b.FirstImage, b.Images), captions.Slice(b.FirstCaption, b.Captions)))];
}
