using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Shards;
using Dcsm.Maps;

namespace Dcsm.Cli.Shards;

/// <summary>What all parts of a work must have in common.</summary>
internal static class ShardFacts
{
    /// <summary>The program, and how a CLIP reads pictures and captions.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="compatibility">Whose habits are followed; null for ours.</param>
    public static Dictionary<string, string> Of(ClipModel clip, string? compatibility) =>
        new(StringComparer.Ordinal)
        {
            ["program"] = Program(),
            ["CLIP"] = clip.Fingerprint,
            ["precision"] = clip.Precision.ToString().ToLowerInvariant(),
            ["preprocessing"] = clip.Preprocessor.Fingerprint,
            ["transparency"] = clip.Transparency.ToString().ToLowerInvariant(),
            ["orientation"] = clip.Pictures.Orientation.ToString().ToLowerInvariant(),
            ["compatibility"] = compatibility ?? "none",
            ["pictures"] = string.Create(
                CultureInfo.InvariantCulture,
                $"of at most {clip.Pictures.MaxPixels} pixels{(clip.Pictures.AllowTruncated ? ", perhaps truncated" : "")}"
            ),
        };

    /// <summary>As above, with the head.</summary>
    /// <exception cref="InvalidDataException">The head standardizes all maps together.</exception>
    public static Dictionary<string, string> Of(ClipModel clip, DcsmHead? head, string? headDirectory, string? compatibility)
    {
        if (head?.Config.Standardization == MapStandardization.WholeBatch)
        {
            throw new InvalidDataException(
                "--shard: this head standardizes all maps together, so no part can be scored by itself; encode in parts, merge, and score "
                    + "--embeddings"
            );
        }

        Dictionary<string, string> facts = Of(clip, compatibility);
        facts["head"] = OfHead(headDirectory);
        return facts;
    }

    /// <summary>Whether a part is still to be made; says so where it is not, and where it is made anew for being damaged.</summary>
    /// <param name="directory">The folder of all parts.</param>
    /// <param name="part">The part.</param>
    /// <param name="terminal">Where it is said.</param>
    /// <exception cref="InvalidDataException">Something else is in its place.</exception>
    public static bool IsToDo(string directory, ShardManifest part, Terminal terminal)
    {
        if (ShardFolder.IsDone(directory, part, out string? damage))
        {
            terminal.Remark($"part {part.Shard} is in {directory} already");
            return false;
        }

        // What is written anew takes the place of what is damaged; a store goes on with what is there.
        if (damage is not null && part.Work == EncodeShard.Work)
        {
            string folder = ShardFolder.Of(directory, part.Shard);
            throw new InvalidDataException($"{damage}; delete {folder}, and run the same command again");
        }

        if (damage is not null)
            terminal.Warning($"{damage}; part {part.Shard} is made anew");
        return true;
    }

    /// <summary>The program's version.</summary>
    public static string Program() => $"dcsm {SoftwareVersions.Current()["dcsm"]}";

    /// <summary>What a head is known by.</summary>
    /// <param name="directory">The head; null for none.</param>
    private static string OfHead(string? directory)
    {
        if (directory is null)
            return "none";
        using var digest = new Sha256Digest();
        foreach (string name in Overwriting.HeadFiles)
            digest.Append(Sha256Digest.OfFile(Path.Combine(directory, name)));
        return digest.Finish();
    }

    /// <summary>What a list is known by: each text with its length before it, so that no two lists run into the same bytes.</summary>
    public static string OfList(IEnumerable<string> texts)
    {
        using var digest = new Sha256Digest();
        foreach (string text in texts)
        {
            digest.Append(text.Length.ToString(CultureInfo.InvariantCulture) + ":");
            digest.Append(text);
        }

        return digest.Finish();
    }

    /// <summary>What pictures are known by without being read: their names and the lengths of their files.</summary>
    public static string OfFiles(IEnumerable<(string Name, string Path)> files) =>
        OfList(
            files.SelectMany(file => new[] { file.Name, (ContainedFile.Length(file.Path) ?? -1).ToString(CultureInfo.InvariantCulture) })
        );
}
