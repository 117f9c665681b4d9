using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.IO.Collections;
using Dcsm.IO.Files;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;

namespace Dcsm.Head;

/// <summary>
/// What a head is and what it belongs to: the content of <c>dcsm_config.json</c>.
/// </summary>
public sealed record DcsmConfig
{
    /// <summary>The name of the file in a head's directory.</summary>
    internal const string FileName = "dcsm_config.json";

    private readonly (IReadOnlyList<string> List, HashSet<string> Set)? _knownWords;

    /// <summary>The fingerprint of the CLIP the head was trained on (<c>ClipModel.Fingerprint</c>, "sha256:…").</summary>
    public required string ClipFingerprint { get; init; }

    /// <summary>The name of that CLIP, only to be shown; null if not known.</summary>
    public string? ClipName { get; init; }

    /// <summary>Image tokens of a map: CLS and patches, 197 for ViT-B/16.</summary>
    public required int ImageTokens { get; init; }

    /// <summary>Text tokens of a map, padding included; captions are padded and cut to this length. 30 in the paper.</summary>
    public required int TextTokens { get; init; }

    /// <summary>Width of CLIP's joint space.</summary>
    public required int Dimension { get; init; }

    /// <summary>The functional words in row order; kept whole, so that a head does not change when a word list does.</summary>
    public required FunctionalWordList Words { get; init; }

    /// <summary>How rows are placed.</summary>
    public RowPlacement Placement { get; init; } = RowPlacement.TokenAligned;

    /// <summary>Over what maps are standardized.</summary>
    public MapStandardization Standardization { get; init; } = MapStandardization.PerMap;

    /// <summary>Mean of the values of maps; what <see cref="MapStandardization.Fixed"/> takes away.</summary>
    public double MapMean { get; init; }

    /// <summary>Standard deviation of the values of maps; what <see cref="MapStandardization.Fixed"/> divides by.</summary>
    public double MapDeviation { get; init; } = 1;

    /// <summary>In which words captions are given to CLIP.</summary>
    public CaptionForm CaptionForm { get; init; } = CaptionForm.AsWritten;

    /// <summary>
    /// From scores to probabilities; null where none was fitted: scores then compare only within one form of caption.
    /// </summary>
    public ScoreCalibration? Calibration { get; init; }

    /// <summary>
    /// The only words that the CLIP has read, in lower case, those of the list <see cref="Words"/> apart; null for a CLIP that has read the
    /// web (<see cref="ClipModel.KnownWords"/>).
    /// </summary>
    public IReadOnlyList<string>? KnownWords
    {
        get => _knownWords?.List;
        init => _knownWords = value is null ? null : (Contents.Of(value), new HashSet<string>(value, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Convolutions before the hidden layer, 0 … 4; 2 in the paper. With 0 the hidden layer reads the map itself.</summary>
    public int Convolutions { get; init; } = 2;

    /// <summary>Channels of every convolution; 4 = 128 / 32 in the paper.</summary>
    public int Channels { get; init; } = 4;

    /// <summary>Width of the hidden layer; 128 in the paper.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Numbers that a head of this configuration learns.</summary>
    public long ParameterCount =>
        HeadTensors
            .Shapes(this)
            .Where(tensor => tensor.Name != HeadTensors.FunctionalRows)
            .Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Channels that the hidden layer reads: those of the last convolution, or the map's one.</summary>
    public int FeatureChannels => Convolutions == 0 ? 1 : Channels;

    /// <summary>How the head was trained: any JSON object, kept as it is; a copy each time.</summary>
    public JsonObject Training
    {
        get => field.DeepClone().AsObject();
        init => field = value.DeepClone().AsObject();
    } = [];

    /// <summary>What was measured of the head: any JSON object, kept as it is; a copy each time.</summary>
    public JsonObject Metrics
    {
        get => field.DeepClone().AsObject();
        init => field = value.DeepClone().AsObject();
    } = [];

    /// <summary>Whether both say the same, as they are written to a file.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(DcsmConfig? other) =>
        ReferenceEquals(this, other) || (other is not null && ConfigJson.Write(this).AsSpan().SequenceEqual(ConfigJson.Write(other)));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ClipFingerprint, ImageTokens, TextTokens, Hidden, Channels);

    /// <summary>A caption in the words that are given to CLIP (<see cref="CaptionForm"/>).</summary>
    /// <param name="caption">The caption as it is written.</param>
    public string Read(string caption) => CaptionForm == CaptionForm.Canonical ? Words.Rewrite(caption) : caption;

    /// <summary>Captions in the words that are given to CLIP (<see cref="CaptionForm"/>).</summary>
    /// <param name="captions">The captions as they are written.</param>
    public IReadOnlyList<string> Read(IReadOnlyList<string> captions) =>
        CaptionForm == CaptionForm.AsWritten ? captions : [.. captions.Select(Read)];

    /// <summary>
    /// Why no probability can be told of a caption, whatever its score: it names nothing that could be seen, or holds a word that the CLIP
    /// has never read and takes for another; null where one can.
    /// </summary>
    /// <param name="caption">The caption as it is written.</param>
    public string? WhyNotJudged(string caption)
    {
        string[] content = [.. Words.ContentWords(caption)];
        string? unknown = _knownWords is { } known ? content.FirstOrDefault(word => !known.Set.Contains(word)) : null;
        return content.Length == 0 ? "names nothing that could be seen"
            : unknown is not null ? $"holds '{Excerpt.Of(unknown)}', a word that {ClipName ?? "this CLIP"} has never read"
            : null;
    }

    /// <summary>What all maps are standardized by; null where that depends on the maps.</summary>
    public MapStatistics? FixedStatistics =>
        Standardization == MapStandardization.Fixed ? new MapStatistics(2, MapMean, MapDeviation * MapDeviation) : null;

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file <c>dcsm_config.json</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is wrong; the message names the file and the field.</exception>
    internal static DcsmConfig Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file; it describes a DCSM head.", path);
        return ConfigJson.Parse(RegularFile.ReadAll(path, Utf8File.MostOfDescription), path);
    }

    /// <summary>Writes the configuration: to a temporary name beside, then renamed.</summary>
    /// <param name="path">The file.</param>
    internal void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        AtomicFile.Write(path, ConfigJson.Write(this));
    }
}
