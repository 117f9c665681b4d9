using Dcsm.Data.Benchmarks;
using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.DataSets;

/// <summary>
/// Reads training data as the DCSM repository lays them out (<c>src/training/training_util.py</c>, <c>toydataset_dense.py</c>):
/// folders of pictures whose names say what they show, each beside its opposite, and <c>negated_pairs_*.json</c>.
/// </summary>
/// <remarks>
/// <para>Folders with pictures <c>CUTMIX_…</c> or <c>MIRROR_…</c> are read whatever they are called, the top one and those directly in
/// it: <c>A_above_B.png</c> (below, rightof, leftof) with <c>CUTMIX_A_above_B.png</c>; <c>red_A_blue_B.png</c> and <c>small_A_big_B.png</c>
/// with
/// <c>MIRROR_…</c>. An attribute name may go on after its first four parts; a spatial one has exactly three.</para>
/// <para>The wordings of a negation are drawn once for a sample; the official code draws them anew each time.</para>
/// </remarks>
public static class OfficialFolder
{
    private const string SpatialPrefix = "CUTMIX_",
        AttributesPrefix = "MIRROR_";
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];
    private static readonly string[] RelationNames = ["above", "below", "leftof", "rightof"]; // as SceneCaptions.Relations

    /// <summary>Reads a data folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="seed">Seed of the wordings of negations.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A picture, or the opposite of one, is missing.</exception>
    /// <exception cref="InvalidDataException">A name is of no pattern, a file is wrong, or there is nothing to train on.</exception>
    public static HardNegativeSet Read(string directory, ulong seed = 1, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        directory = Path.TrimEndingDirectorySeparator(directory);
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder");
        var builder = new HardNegativeSetBuilder("official", directory);
        int folders = 0;
        foreach (string folder in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal).Prepend(directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string[] names =
            [
                .. Directory
                    .EnumerateFiles(folder)
                    .Select(file => Path.GetFileName(file)!)
                    .Where(name => Extensions.Contains(Path.GetExtension(name).ToLowerInvariant()))
                    .Order(StringComparer.Ordinal),
            ];
            if (!names.Any(IsOpposite))
                continue;
            folders++;
            ReadFolder(folder, Path.GetRelativePath(directory, folder), names, builder);
        }

        string[] lists = [.. Directory.EnumerateFiles(directory, "negated_pairs_*.json").Order(StringComparer.Ordinal)];
        foreach (string list in lists)
            ReadNegations(directory, list, seed, builder, cancellationToken);
        return folders + lists.Length > 0
            ? builder.Build(HardNegativeCaptions.Spatial, HardNegativeCaptions.Attributes, HardNegativeCaptions.Negation)
            : throw new InvalidDataException(
                $"{directory}: holds no folder of pictures with {SpatialPrefix}A_above_B.png or "
                    + $"{AttributesPrefix}red_A_blue_B.png, and no negated_pairs_*.json"
            );
    }

    private static bool IsOpposite(string name) =>
        name.StartsWith(SpatialPrefix, StringComparison.Ordinal) || name.StartsWith(AttributesPrefix, StringComparison.Ordinal);

    private static void ReadFolder(string folder, string relative, string[] names, HardNegativeSetBuilder builder)
    {
        HashSet<string> there = names.ToHashSet(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (IsOpposite(name))
            {
                if (!there.Contains(name[SpatialPrefix.Length..]))
                {
                    throw new FileNotFoundException(
                        $"{path}: the picture that it is the opposite of, '{name[SpatialPrefix.Length..]}', is missing beside it",
                        path
                    );
                }

                continue;
            }

            string[] parts = Path.GetFileNameWithoutExtension(name).Split('_');
            int relation = parts.Length == 3 ? Array.IndexOf(RelationNames, parts[1]) : -1;
            bool attributes = parts.Length >= 4 && !RelationNames.Contains(parts[1]);
            if ((relation < 0 && !attributes) || parts.Any(string.IsNullOrWhiteSpace))
            {
                throw new InvalidDataException(
                    $"{path}: the name is neither of the pattern A_relation_B (relation: {string.Join(", ", RelationNames)}) "
                        + $"nor color_A_color_B nor small_A_big_B; the parts may not hold '_' themselves"
                );
            }

            string oppositeName = (attributes ? AttributesPrefix : SpatialPrefix) + name;
            if (!there.Contains(oppositeName))
            {
                throw new FileNotFoundException(
                    $"{path}: its opposite, '{oppositeName}', is missing beside it",
                    Path.Combine(folder, oppositeName)
                );
            }

            (string, string) image = At(name),
                opposite = At(oppositeName);
            if (attributes)
            {
                builder.Add(
                    HardNegativeCaptions.Attributes,
                    HardNegativeCaptions.WithAttributes(image, opposite, parts[0], parts[1], parts[2], parts[3])
                );
            }
            else
            {
                builder.Add(HardNegativeCaptions.Spatial, HardNegativeCaptions.Related(image, opposite, parts[0], relation, parts[2]));
            }
        }

        (string Name, string Path) At(string name) => (relative == "." ? name : $"{relative}/{name}", Path.Combine(folder, name));
    }

    private static void ReadNegations(
        string directory,
        string list,
        ulong seed,
        HardNegativeSetBuilder builder,
        CancellationToken cancellationToken
    )
    {
        var file = AnnotationFile.Open(list, [Path.GetFileName(list)]);
        var images = new ImageLocator(new BenchmarkOptions(directory), file.Folders);
        ulong index = 0;
        JsonItems.Read(
            file.Bytes,
            file.Path,
            item =>
            {
                (string, string) image = Picture(item.Field("img1_path")),
                    opposite = Picture(item.Field("img2_path"));
                var random = new SceneRandom(seed, stream: 0x4E36, index++);
                builder.Add(
                    HardNegativeCaptions.Negation,
                    HardNegativeCaptions.Negated(
                        ref random,
                        image,
                        opposite,
                        item.Field("img1_obj").Texts(2),
                        item.Field("img2_obj").Texts(2)
                    )
                );
            },
            cancellationToken
        );

        (string Name, string Path) Picture(JsonField field)
        {
            string name = field.Text();
            return (name, images.Locate(name, field.Place)!);
        }
    }
}
