using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>
/// A data set on disk whose pictures have several captions each, true ones and false ones: COCO, Visual Genome, or a table of one's own;
/// one stream. Validation is on pictures that are held out.
/// </summary>
public sealed class LabeledTrainingSource : IHeadTrainingSource
{
    private readonly LabeledPart _part;
    private readonly JsonObject _description;
    private readonly PictureOptions _pictures;

    /// <summary>Opens a data set.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="splitSeed">What <paramref name="set"/> was parted with, for the record.</param>
    /// <param name="pictures">How pictures are decoded; null for the defaults.</param>
    public LabeledTrainingSource(LabeledSet set, ulong splitSeed, PictureOptions? pictures = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        _pictures = pictures ??= new PictureOptions();
        _part = set.Train;
        _description = new JsonObject
        {
            ["source"] = set.Format,
            ["list"] = set.Fingerprint(),
            ["splitSeed"] = splitSeed,
            ["orientation"] = pictures.Orientation == PictureOrientation.Applied ? "apply" : "ignore",
            ["disjointBy"] = "picture",
            ["pictures"] = set.Train.Count,
            ["samples"] = Kinds(set.Train),
            ["heldOut"] = new JsonObject(),
        };
        if (set.HeldOut is not { } heldOut)
            return;
        _description["heldOut"]![HardNegativeSplit.UnseenImages] = Kinds(heldOut);
        Validation = new Dictionary<string, IHeadTrainingSource>
        {
            [HardNegativeSplit.UnseenImages] = new LabeledTrainingSource(HardNegativeSplit.UnseenImages, heldOut, pictures),
        };
    }

    private LabeledTrainingSource(string name, LabeledPart part, PictureOptions pictures) =>
        (_part, _pictures, _description) = (
            part,
            pictures,
            new JsonObject
            {
                ["part"] = name,
                ["pictures"] = part.Count,
                ["samples"] = Kinds(part),
            }
        );

    /// <summary>One: "statements".</summary>
    public IReadOnlyList<string> Streams { get; } = ["statements"];

    /// <summary>"unseen_images", if any pictures are held out.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; } = new Dictionary<string, IHeadTrainingSource>();

    /// <summary>As many groups as there are pictures with captions.</summary>
    public long? Count(int stream) => _part.Count;

    /// <summary>The first picture of a group with a true and a false caption of it.</summary>
    /// <exception cref="InvalidDataException">It has only true ones, or only false ones.</exception>
    public HeadTrainingSample Read(int stream, long index)
    {
        LabeledGroup group = _part.Group((int)index);
        return new HeadTrainingSample(RgbImage.Load(group.Pictures[0].Path, _pictures), null, [First(true)], [First(false)]);

        string First(bool wanted) =>
            group.Captions.Where((_, caption) => group.Truth[0, caption] == wanted).FirstOrDefault()?.Text
            ?? throw new InvalidDataException(
                $"{group.Pictures[0].Name}: there is no {(wanted ? "true" : "false")} caption; only the loss of statements takes such a "
                    + "picture"
            );
    }

    /// <inheritdoc/>
    public HeadTrainingGroup ReadGroup(int stream, long index)
    {
        LabeledGroup group = _part.Group((int)index);
        int captions = group.Captions.Count,
            all = captions + group.Empty.Count;
        float[,] targets = new float[group.Pictures.Count, all];
        for (int picture = 0; picture < group.Pictures.Count; picture++)
        {
            for (int caption = 0; caption < all; caption++)
            {
                bool? truth = caption < captions ? group.Truth[picture, caption] : null;
                targets[picture, caption] =
                    truth is { } known ? (known ? 1 : 0)
                    : caption >= captions && picture == 0 ? HeadTrainingGroup.Neither
                    : float.NaN;
            }
        }

        return new HeadTrainingGroup(
            [.. group.Pictures.Select(picture => RgbImage.Load(picture.Path, _pictures))],
            [.. group.Captions.Select(caption => caption.Text), .. group.Empty],
            targets,
            [.. group.Captions.Select(caption => caption.Picture), .. group.Empty.Select(_ => -1)],
            [.. group.Captions.Select(caption => caption.Kind), .. group.Empty.Select(_ => "empty")]
        )
        {
            Names = [.. group.Pictures.Select(picture => picture.Name)],
            Notes =
            [
                .. group.Captions.Select(caption => new HeadTrainingNote(caption.Why, caption.Boxes)),
                .. group.Empty.Select(_ => new HeadTrainingNote("says nothing of any picture", [])),
            ],
        };
    }

    /// <inheritdoc/>
    public JsonObject Describe() => (JsonObject)_description.DeepClone();

    private static JsonObject Kinds(LabeledPart part) =>
        new(part.Kinds.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value)));
}
