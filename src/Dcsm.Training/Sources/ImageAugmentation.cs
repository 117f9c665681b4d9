using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Sources;

/// <summary>
/// Random changes of training pictures: a crop, then perspective, rotation, and salt and pepper as the official code makes them
/// (<c>src/util/util.py</c>), on the decoded picture, before CLIP's own preprocessing. Pictures are never mirrored or turned far:
/// left and right, above and below have to stay true.
/// </summary>
public sealed record ImageAugmentation
{
    /// <summary>
    /// As the official code: perspective 0.05 in a fifth of the pictures, rotation within 4°, salt and pepper 2 % each, no crop.
    /// </summary>
    public static ImageAugmentation Official { get; } =
        new()
        {
            PerspectiveDistortion = 0.05,
            PerspectiveShare = 0.2,
            Rotation = 4,
            Salt = 0.02,
            Pepper = 0.02,
        };

    /// <summary>How far corners move inwards at most, as a share of half the side, 0 … 1; 0 for none.</summary>
    public double PerspectiveDistortion { get; init; }

    /// <summary>Share of pictures whose perspective is changed, 0 … 1.</summary>
    public double PerspectiveShare { get; init; } = 1;

    /// <summary>Largest turn to either side in degrees, 0 … 180; what comes into view is black. 0 for none.</summary>
    public double Rotation { get; init; }

    /// <summary>Share of values, channel by channel, that become 255.</summary>
    public double Salt { get; init; }

    /// <summary>Share of values, channel by channel, that become 0 after that.</summary>
    public double Pepper { get; init; }

    /// <summary>Smallest share of a side that a crop keeps, above 0 … 1; its sides keep their proportion. 1 for none.</summary>
    public double CropSide { get; init; } = 1;

    /// <summary>Whether it leaves pictures as they are.</summary>
    public bool IsNone =>
        this is { PerspectiveDistortion: 0 } or { PerspectiveShare: 0 } && this is { Rotation: 0, Salt: 0, Pepper: 0, CropSide: 1 };

    /// <summary>Changes a picture.</summary>
    /// <param name="image">The picture; it stays as it is.</param>
    /// <param name="random">Decides how; the same sequence gives the same picture.</param>
    public RgbImage Apply(RgbImage image, ref SceneRandom random)
    {
        ArgumentNullException.ThrowIfNull(image);
        Check();
        if (CropSide < 1)
            image = PictureWarp.Crop(image, CropSide, ref random);
        if (PerspectiveDistortion > 0 && random.NextBool(PerspectiveShare))
            image = PictureWarp.Perspective(image, PerspectiveDistortion, ref random);
        if (Rotation > 0)
            image = PictureWarp.Rotate(image, ((2 * random.NextDouble()) - 1) * Rotation);
        if (Salt > 0 || Pepper > 0)
            image = PictureNoise.SaltAndPepper(image, Salt, Pepper, ref random);
        return image;
    }

    /// <summary>All numbers, for the record.</summary>
    public JsonObject Describe() =>
        new()
        {
            ["cropSide"] = CropSide,
            ["perspectiveDistortion"] = PerspectiveDistortion,
            ["perspectiveShare"] = PerspectiveShare,
            ["rotation"] = Rotation,
            ["salt"] = Salt,
            ["pepper"] = Pepper,
        };

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it.</exception>
    internal void Check()
    {
        Require(PerspectiveDistortion is >= 0 and <= 1, nameof(PerspectiveDistortion), PerspectiveDistortion, "from 0 to 1");
        Require(PerspectiveShare is >= 0 and <= 1, nameof(PerspectiveShare), PerspectiveShare, "from 0 to 1");
        Require(Rotation is >= 0 and <= 180, nameof(Rotation), Rotation, "from 0 to 180 degrees");
        Require(Salt is >= 0 and < 1, nameof(Salt), Salt, "from 0 to below 1");
        Require(Pepper is >= 0 and < 1, nameof(Pepper), Pepper, "from 0 to below 1");
        Require(CropSide is > 0 and <= 1, nameof(CropSide), CropSide, "above 0, 1 at most");
    }

    private static void Require(bool condition, string name, double value, string right)
    {
        if (!condition)
            throw new ArgumentOutOfRangeException(name, value, $"{name} should be {right}.");
    }
}
