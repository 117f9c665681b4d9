using System.Text.Json.Nodes;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.IO.Digests;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>Scenes from a folder that <c>dcsm synth</c> wrote; one stream a kind of opposites that the folder has.</summary>
public sealed class SceneFolderTrainingSource : IHeadTrainingSource
{
    private readonly SceneRecord[][] _records;
    private readonly SplitPart _part;
    private readonly string _hash;
    private readonly PictureOptions _pictures;

    private SceneFolderTrainingSource(SceneRecord[][] records, SplitPart part, string hash, PictureOptions pictures)
    {
        (_records, _part, _hash, _pictures) = (records, part, hash, pictures);
        Streams = [.. records.Select(stream => SceneNames.Of(stream[0].Kind))];
    }

    /// <summary>One stream per kind of the folder's training part.</summary>
    public IReadOnlyList<string> Streams { get; }

    /// <summary>Sources "unseen_pairs" and "unseen_objects", as far as the folder has these parts.</summary>
    public IReadOnlyDictionary<string, IHeadTrainingSource> Validation { get; private init; } =
        new Dictionary<string, IHeadTrainingSource>();

    /// <summary>Opens a folder.</summary>
    /// <param name="directory">The folder that holds <c>scenes.jsonl</c>.</param>
    /// <param name="pictures">How pictures are decoded; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException"><c>scenes.jsonl</c> or a picture is missing.</exception>
    /// <exception cref="InvalidDataException">A line is wrong, or there is nothing to train on.</exception>
    public static SceneFolderTrainingSource Open(
        string directory,
        PictureOptions? pictures = null,
        CancellationToken cancellationToken = default
    )
    {
        pictures ??= new PictureOptions();
        IReadOnlyList<SceneRecord> records = SceneDatasetReader.Read(directory, cancellationToken);
        string list = Path.Combine(directory, SceneDatasetWriter.ListName);
        string hash = Sha256Digest.OfFile(list);
        var parts = records
            .GroupBy(record => record.Part)
            .ToDictionary(
                part => part.Key,
                part => new SceneFolderTrainingSource(
                    [.. part.GroupBy(record => record.Kind).OrderBy(kind => kind.Key).Select(kind => kind.ToArray())],
                    part.Key,
                    hash,
                    pictures
                )
            );
        if (!parts.Remove(SplitPart.Train, out SceneFolderTrainingSource? train))
        {
            throw new InvalidDataException(
                $"{list}: no sample is of the part '{SceneNames.Of(SplitPart.Train)}', so there is nothing to train on"
            );
        }

        return new SceneFolderTrainingSource(train._records, SplitPart.Train, hash, pictures)
        {
            Validation = parts.ToDictionary(part => SceneNames.Of(part.Key), part => (IHeadTrainingSource)part.Value),
        };
    }

    /// <inheritdoc/>
    public long? Count(int stream) => _records[stream].Length;

    /// <inheritdoc/>
    public HeadTrainingSample Read(int stream, long index)
    {
        SceneRecord record = _records[stream][index];
        return new HeadTrainingSample(
            RgbImage.Load(record.ImageFile, _pictures),
            RgbImage.Load(record.OppositeFile, _pictures),
            record.Captions,
            record.OppositeCaptions
        );
    }

    /// <inheritdoc/>
    public JsonObject Describe() =>
        new()
        {
            ["source"] = "scene folder",
            ["part"] = SceneNames.Of(_part),
            ["list"] = _hash,
            ["samples"] = new JsonObject(Streams.Select((stream, i) => KeyValuePair.Create(stream, (JsonNode?)_records[i].Length))),
            ["seenObjects"] = new JsonArray([
                .. _records
                    .SelectMany(stream => stream)
                    .SelectMany(record => record.Objects.Concat(record.OppositeObjects))
                    .Select(item => item.Name)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .Select(name => JsonValue.Create(name)),
            ]),
        };
}
