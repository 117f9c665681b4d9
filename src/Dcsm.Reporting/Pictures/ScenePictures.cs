using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scenes;

namespace Dcsm.Reporting.Pictures;

/// <summary>Pictures of scenes, to look at.</summary>
internal static class ScenePictures
{
    /// <summary>The picture that an example asks about, side × side pixels.</summary>
    public static RgbImage PictureOf(this SceneTestSet tests, SceneExample example, int side) =>
        Rasters.Resize(tests.Picture(example.Test, example.Image == 1, side), side, side);
}
