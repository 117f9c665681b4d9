using System.CommandLine;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Cli.Options;

/// <summary>How training pictures are changed at random, as <c>--augment</c> and <c>--augment-copies</c> say.</summary>
/// <param name="Augmentation">The changes.</param>
/// <param name="Copies">Copies of each sample; null for another one at every visit.</param>
internal sealed record PictureChanges(ImageAugmentation Augmentation, int? Copies)
{
    private const string Names = "official, perspective, rotation, noise, crop, none";
    private const int DefaultCopies = 4;

    /// <summary>Whether pictures are encoded anew at every visit.</summary>
    public bool Anew => Copies is null;

    public static Option<string?> Option() =>
        new("--augment")
        {
            Description =
                "Change training pictures at random, before they are encoded: perspective, rotation, noise (salt and pepper), "
                + "crop, several separated by commas; official: the first three, as the official code; none. [default: none]",
            HelpName = "CHANGES",
        };

    public static Option<int?> CopiesOption() =>
        new Option<int?>("--augment-copies")
        {
            Description =
                "Changed copies of each picture, which are encoded once and kept as long as the pool holds them; 0: another one "
                + "at every visit, encoded anew, as the official code. [default: 4]",
            HelpName = "COPIES",
        }.AtLeast(0);

    /// <exception cref="ArgumentException">A change is not known.</exception>
    public static PictureChanges? Of(string? list, int? copies)
    {
        ImageAugmentation official = ImageAugmentation.Official,
            changes = new();
        foreach (string name in (list ?? "none").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            changes = name switch
            {
                "official" => official with { CropSide = changes.CropSide },
                "perspective" => changes with
                {
                    PerspectiveDistortion = official.PerspectiveDistortion,
                    PerspectiveShare = official.PerspectiveShare,
                },
                "rotation" => changes with { Rotation = official.Rotation },
                "noise" => changes with { Salt = official.Salt, Pepper = official.Pepper },
                "crop" => changes with { CropSide = 0.9 },
                "none" => changes,
                _ => throw new ArgumentException($"--augment '{list}': '{name}' is none of {Names}"),
            };
        }
        if (!changes.IsNone)
            return new PictureChanges(changes, (copies ?? DefaultCopies) is > 0 and var number ? number : null);
        return copies is null ? null : throw new ArgumentException("--augment-copies is given, but --augment names no change");
    }

    public AugmentedTrainingSource Apply(IHeadTrainingSource source, ulong seed) => new(source, Augmentation, Copies, seed);
}
