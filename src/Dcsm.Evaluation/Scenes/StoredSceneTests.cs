using System.Globalization;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Folders;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Scenes of a folder that <see cref="SceneDatasetWriter"/> wrote.</summary>
internal sealed class StoredSceneTests : SceneTestSet
{
    private readonly SceneRecord[] _records;
    private readonly SceneTest[] _tests;

    public StoredSceneTests(
        string directory,
        IReadOnlyList<SceneRecord> records,
        IReadOnlyCollection<SplitPart>? parts,
        IReadOnlyCollection<SceneKind>? kinds,
        int limit
    )
    {
        _records =
        [
            .. records
                .Where(r =>
                    (parts is null ? r.Part != SplitPart.Train : parts.Contains(r.Part)) && (kinds is null || kinds.Contains(r.Kind))
                )
                .GroupBy(r => (r.Part, r.Kind))
                .OrderBy(g => g.Key)
                .SelectMany(g => g.Take(limit)),
        ];
        if (_records.Length == 0)
        {
            string asked = string.Join(", ", (parts ?? [SplitPart.UnseenPairs, SplitPart.UnseenObjects]).Select(SceneNames.Of));
            throw new InvalidDataException(
                $"{directory}: none of its {records.Count} samples belongs to {asked}{(kinds is null ? "" : " and the asked kinds")}."
            );
        }

        _tests =
        [
            .. _records.Select(r => new SceneTest(
                string.Create(CultureInfo.InvariantCulture, $"{SceneNames.Of(r.Part)}/{SceneNames.Of(r.Kind)}/{r.Index}"),
                r.Part,
                r.Kind,
                r.Captions,
                r.OppositeCaptions
            )),
        ];
        Description = new Dictionary<string, string>
        {
            ["source"] = "folder",
            ["directory"] = directory,
            ["samples"] = _records.Length.ToString(CultureInfo.InvariantCulture),
        };
    }

    public override IReadOnlyList<SceneTest> Tests => _tests;

    public override IReadOnlyDictionary<string, string> Description { get; }

    public override ImageEncoding Encode(IEncoder encoder, int first, int count, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return encoder.EncodeImages(
            [.. _records.Skip(first).Take(count).SelectMany(r => new[] { r.ImageFile, r.OppositeFile })],
            cancellationToken
        );
    }

    public override RgbImage Picture(int test, bool opposite, int size) =>
        RgbImage.Load(opposite ? _records[test].OppositeFile : _records[test].ImageFile);
}
