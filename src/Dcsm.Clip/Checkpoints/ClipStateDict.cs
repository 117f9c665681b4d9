using Dcsm.Clip.Encoders;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Checkpoints;

/// <summary>Finds a CLIP's tensors among those of a file, under whichever prefix they were saved.</summary>
/// <param name="Encoder">The architecture whose tensors they are.</param>
/// <param name="Format">Whose names they carried.</param>
/// <param name="Tensors">The tensors by the names that the graphs know them by.</param>
/// <param name="Others">Names of what lay beside them under no prefix of theirs.</param>
internal sealed record ClipStateDict(
    EncoderArchitecture Encoder,
    ClipCheckpointFormat Format,
    IReadOnlyDictionary<string, StoredTensor> Tensors,
    IReadOnlyList<string> Others
)
{
    /// <summary>The CLIP among tensors; null where there is none.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="tensors">The tensors by their stored names.</param>
    /// <exception cref="InvalidDataException">There are several, or one that can't be run.</exception>
    public static ClipStateDict? Find(string file, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        foreach (
            (EncoderArchitecture encoder, string known, ClipCheckpointFormat format) in EncoderArchitecture.All.SelectMany(encoder =>
                encoder.Markers.Select(marker => (encoder, marker.Tensor, marker.Format))
            )
        )
        {
            string[] prefixes =
            [
                .. tensors
                    .Keys.Where(name => name == known || name.EndsWith("." + known, StringComparison.Ordinal))
                    .Select(name => name[..^known.Length])
                    .Order(StringComparer.Ordinal),
            ];
            if (prefixes.Length == 0)
                continue;
            // Where one has none, the others are copies beside it: averages, teachers.
            if (prefixes.Length > 1 && prefixes[0].Length > 0)
            {
                throw new InvalidDataException(
                    $"{file}: there are several CLIPs in this file, under {string.Join(", ", prefixes.Select(name => $"'{name}'"))}; "
                        + "save one."
                );
            }

            string prefix = prefixes[0];
            var found = tensors
                .Where(tensor => tensor.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(tensor => tensor.Key[prefix.Length..], tensor => tensor.Value, StringComparer.Ordinal);
            string[] others = [.. tensors.Keys.Where(name => !name.StartsWith(prefix, StringComparison.Ordinal))];
            return new ClipStateDict(encoder, format, encoder.Rename(file, found, format), others);
        }

        return null;
    }
}
