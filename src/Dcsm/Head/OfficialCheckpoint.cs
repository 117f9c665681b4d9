using System.Text.Json.Nodes;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.IO.PyTorch;
using Dcsm.Maps;

namespace Dcsm.Head;

/// <summary>
/// Reads heads that the authors' code saved (<c>training/train.py</c>, <c>save_train_output</c>): a PyTorch checkpoint
/// with the head, its functional rows and words, and the CLIP it was trained on. Nothing of the file is run.
/// </summary>
public static class OfficialCheckpoint
{
    private const string HeadKey = "model_state_dict",
        ClipKey = "clip_state_dict",
        RowsKey = "external_logic_token_embeddings",
        WordsKey = "learned_lookup";
    private const int HeadWidth = 64;

    /// <summary>Reads a head. Rows are placed and maps standardized as the official code does it.</summary>
    /// <param name="path">The checkpoint, zip archive or older.</param>
    /// <param name="clip">
    /// The CLIP to bind the head to; its weights must be those in the checkpoint. Null to bind it to the CLIP in the
    /// checkpoint itself, with one attention head for each 64 of its width and OpenAI's activation.
    /// </param>
    /// <param name="warn">Told what had to be guessed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is not such a checkpoint, damaged, hostile, or of another CLIP; the message says why.
    /// </exception>
    public static DcsmHead Import(string path, ClipModel? clip = null, Action<string>? warn = null)
    {
        using var file = PyTorchCheckpoint.Open(path);
        if (file.Root is not PyTorchObject root || !root.TryGet<PyTorchObject>(HeadKey, out _))
            throw new InvalidDataException($"{path}: there is no '{HeadKey}'; this is not a checkpoint of the DCSM code.");
        PyTorchTensor rows = Tensor(file, $"{RowsKey}._parameters.weight", 2);
        PyTorchTensor conv1 = Tensor(file, $"{HeadKey}.conv1.weight", 4);
        PyTorchTensor fc1 = Tensor(file, $"{HeadKey}.fc1.weight", 2);
        (int words, int imageTokens, int channels) = (rows.Shape[0], rows.Shape[1], conv1.Shape[0]);
        long column = (long)channels * imageTokens;
        if (column == 0 || fc1.Shape[1] == 0 || fc1.Shape[1] % column != 0)
        {
            throw new InvalidDataException(
                $"{path}: fc1.weight reads {fc1.Shape[1]} values, which {channels} channels of {imageTokens} image tokens do not divide."
            );
        }

        (string? fingerprint, int dimension) = Clip(path, file, clip, imageTokens, warn);
        var config = new DcsmConfig
        {
            ClipFingerprint = fingerprint,
            ImageTokens = imageTokens,
            TextTokens = (int)(fc1.Shape[1] / column),
            Dimension = dimension,
            Words = Words(path, root, words),
            Placement = RowPlacement.Official,
            Standardization = MapStandardization.WholeBatch,
            Channels = channels,
            Hidden = fc1.Shape[0],
            Training = Training(path, root),
        };
        var shapes = HeadTensors.Shapes(config).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        DcsmHeadWeights weights = HeadTensors.Assemble(
            config,
            name =>
            {
                PyTorchTensor tensor = name == "functional_rows" ? rows : Tensor(file, $"{HeadKey}.{name}", shapes[name].Length);
                return tensor.Shape.SequenceEqual(shapes[name])
                    ? tensor.ReadFloat32()
                    : throw new InvalidDataException(
                        $"{path}: tensor '{HeadKey}.{name}' is [{string.Join(", ", tensor.Shape)}]; by the others it should be "
                            + $"[{string.Join(", ", shapes[name])}]."
                    );
            }
        );
        return HeadTensors.Check(config, weights) is { } wrong
            ? throw new InvalidDataException($"{path}: {wrong}")
            : new DcsmHead(config, weights);
    }

    private static (string Fingerprint, int Dimension) Clip(
        string path,
        PyTorchCheckpoint file,
        ClipModel? clip,
        int imageTokens,
        Action<string>? warn
    )
    {
        if (!file.Names.Any(name => name.StartsWith(ClipKey + ".", StringComparison.Ordinal)))
        {
            return clip is null
                ? throw new InvalidDataException(
                    $"{path}: there is no '{ClipKey}' that tells which CLIP the head was trained on; name the CLIP (--clip)."
                )
                : Fitting(path, clip.Fingerprint, clip.ImageTokens, clip.Dimension, imageTokens);
        }
        // Of the CLIP that is named, the heads are known; otherwise those of every published CLIP are taken.
        ClipConfig? known = clip?.Config;
        using var stored = ClipCheckpoint.Open(
            path,
            new ClipCheckpointOptions
            {
                VisionHeads = known?.Vision.Heads ?? Heads(file, "vision_model.embeddings.class_embedding", warn),
                TextHeads = known?.Text.Heads ?? Heads(file, "text_model.final_layer_norm.weight", warn),
            }
        );
        if (clip is null)
            return Fitting(path, stored.Fingerprint, stored.Config.Vision.Tokens, stored.Config.ProjectionDim, imageTokens);
        return stored.FirstDifference(clip) is { } name
            ? throw new InvalidDataException(
                $"{path}: the head was trained on another CLIP than the one in {clip.Directory}: tensor '{name}' differs."
            )
            : Fitting(path, clip.Fingerprint, clip.ImageTokens, clip.Dimension, imageTokens);
    }

    private static (string Fingerprint, int Dimension) Fitting(
        string path,
        string fingerprint,
        int tokens,
        int dimension,
        int imageTokens
    ) =>
        tokens == imageTokens
            ? (fingerprint, dimension)
            : throw new InvalidDataException($"{path}: the functional rows have {imageTokens} image tokens, but the CLIP has {tokens}.");

    private static int? Heads(PyTorchCheckpoint file, string name, Action<string>? warn)
    {
        string tensor = $"{ClipKey}.{name}";
        if (!file.Contains(tensor) || file.Get(tensor).Shape is not [var width] || width % HeadWidth == 0)
            return null;
        warn?.Invoke(
            $"{file.Path}: the attention heads of CLIP are not stored, and its width {width} is no multiple of {HeadWidth}; one "
                + $"head is taken, and the head belongs to that CLIP. Name the CLIP (--clip) to bind it to the right one."
        );
        return 1;
    }

    private static FunctionalWordList Words(string path, PyTorchObject root, int count)
    {
        if (root.TryGet<IReadOnlyList<object?>>(WordsKey, out IReadOnlyList<object?>? learned))
        {
            if (learned.Count != count || learned.Any(word => word is not string))
            {
                throw new InvalidDataException(
                    $"{path}: '{WordsKey}' has {learned.Count} entries; {count} words are needed, one for each row of '{RowsKey}'."
                );
            }

            try
            {
                return new FunctionalWordList("checkpoint", learned.Select(word => new FunctionalWord((string)word!, [(string)word!])));
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"{path}: '{WordsKey}': {e.Message}", e);
            }
        }
        return FunctionalWordList.Official.Words.Count == count
            ? FunctionalWordList.Official
            : throw new InvalidDataException(
                $"{path}: '{RowsKey}' has {count} rows, but the official list has {FunctionalWordList.Official.Words.Count} "
                    + $"words, and '{WordsKey}' names no others."
            );
    }

    private static JsonObject Training(string path, PyTorchObject root)
    {
        var training = new JsonObject { ["source"] = "checkpoint of the DCSM code", ["file"] = Path.GetFileName(path) };
        if (root.TryGet("epoch", out object? epoch) && epoch is long number)
            training["epoch"] = number;
        foreach (string key in (string[])["train_loss", "valid_loss"])
        {
            if (
                root.TryGet<IReadOnlyList<object?>>(key, out IReadOnlyList<object?>? losses)
                && losses.Count > 0
                && losses.All(loss => loss is double value && double.IsFinite(value))
            )
            {
                training[key] = new JsonArray([.. losses.Select(loss => JsonValue.Create((double)loss!))]);
            }
        }
        return training;
    }

    private static PyTorchTensor Tensor(PyTorchCheckpoint file, string name, int dimensions)
    {
        PyTorchTensor tensor = file.Tensor(name);
        return tensor.Shape.Count == dimensions
            ? tensor
            : throw new InvalidDataException(
                $"{file.Path}: tensor '{name}' is [{string.Join(", ", tensor.Shape)}]; expected {dimensions} sizes."
            );
    }
}
