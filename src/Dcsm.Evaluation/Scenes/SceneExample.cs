namespace Dcsm.Evaluation.Scenes;

/// <summary>One choice among two captions, to be shown.</summary>
/// <param name="Test">The sample's place in <see cref="SceneTestSet.Tests"/>.</param>
/// <param name="Paraphrase">Which paraphrase.</param>
/// <param name="Image">0 the image, 1 its opposite.</param>
public sealed record SceneExample(int Test, int Paraphrase, int Image)
{
    /// <summary>The caption that is true of the image.</summary>
    public string RightCaption(SceneTestSet tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return (Image == 0 ? tests.Tests[Test].Captions : tests.Tests[Test].OppositeCaptions)[Paraphrase];
    }

    /// <summary>The caption that is true of the opposite image.</summary>
    public string WrongCaption(SceneTestSet tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        return (Image == 0 ? tests.Tests[Test].OppositeCaptions : tests.Tests[Test].Captions)[Paraphrase];
    }
}
