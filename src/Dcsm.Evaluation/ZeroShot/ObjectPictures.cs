using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Classes;
using Dcsm.Data.Pictures;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Batches;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Progress;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>Freshly drawn pictures of single objects as a data set, a class for each object.</summary>
public static class ObjectPictures
{
    /// <summary>The table that <see cref="Write"/> writes: <c>image</c>, <c>caption</c>, <c>object</c>, <c>background</c>.</summary>
    public const string CaptionsName = "captions.csv";

    /// <summary>
    /// The labels that <see cref="Write"/> writes of pictures before two backgrounds: <c>label</c> and, as <c>category</c>, the background
    /// that <see cref="ObjectBackgrounds.Own"/> gives it.
    /// </summary>
    public const string LabelsName = "labels.csv";

    private const string SettingsName = "dataset.json";

    // A gray field that is lighter in the middle, and a horizon.
    private static readonly (string Name, ulong Seed)[] TwoBackgrounds = [("first", 11), ("second", 4)];
    private static readonly string[] Captions = ["a picture of a {0}", "a photo of a {0}", "there is a {0}", "a {0}"];

    /// <summary>Draws a set.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="side">Side of the pictures, in pixels.</param>
    /// <param name="options">How many of each, their sizes and the seed.</param>
    public static ClassifiedSet Create(ObjectLibrary library, int side, ZeroShotOptions options)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(options);
        var renderer = new SceneRenderer(library, side);
        return new ClassifiedSet(
            "objects",
            [.. library.Objects.Select(own => new PictureClass(own.Name, [own.Name]))],
            [
                .. Enumerable
                    .Range(0, library.Objects.Count * options.PicturesPerObject)
                    .Select(i =>
                        ClassifiedPicture.OfRgb(
                            FormattableString.Invariant(
                                $"{library.Objects[i / options.PicturesPerObject].Name} {i % options.PicturesPerObject}"
                            ),
                            [i / options.PicturesPerObject],
                            side,
                            side,
                            () => renderer.Render(Draw(library, i, options))
                        )
                    ),
            ]
        );
    }

    /// <summary>
    /// Writes a set to a folder: class folders of PNGs, <see cref="CaptionsName"/>, and <see cref="LabelsName"/> where there are two
    /// backgrounds. A run that was interrupted goes on.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="library">The objects.</param>
    /// <param name="side">Side of the pictures, in pixels.</param>
    /// <param name="options">How many of each, their sizes and the seed.</param>
    /// <param name="progress">Told after each picture.</param>
    /// <param name="cancellationToken">Stops between pictures.</param>
    /// <exception cref="InvalidDataException">The folder holds pictures of other settings.</exception>
    public static void Write(
        string directory,
        ObjectLibrary library,
        int side,
        ZeroShotOptions options,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(directory);
        CheckSettings(Path.Combine(directory, SettingsName), library, side, options);
        foreach (SceneObject known in library.Objects)
            AtomicFile.RemoveAllTorn(Directory.CreateDirectory(Path.Combine(directory, known.Name)).FullName);
        var renderer = new SceneRenderer(library, side);
        int total = library.Objects.Count * options.PicturesPerObject,
            done = 0;
        string ImageOf(int i) =>
            FormattableString.Invariant($"{library.Objects[i / options.PicturesPerObject].Name}/{i % options.PicturesPerObject:D4}.png");
        ParallelItems.ForEach(
            total,
            0,
            i =>
            {
                string path = Path.Combine(directory, ImageOf(i));
                if (!File.Exists(path))
                    PictureFile.WritePng(path, renderer.Render(Draw(library, i, options)), side, side, compression: 1);
                progress?.Report(new WorkProgress(Interlocked.Increment(ref done), total));
            },
            cancellationToken
        );
        AtomicFile.Write(
            Path.Combine(directory, CaptionsName),
            stream =>
                CsvTable.Write(
                    stream,
                    Enumerable
                        .Range(0, total)
                        .Select(i =>
                        {
                            string name = library.Objects[i / options.PicturesPerObject].Name;
                            return (IEnumerable<string>)
                                [
                                    ImageOf(i),
                                    string.Format(CultureInfo.InvariantCulture, Captions[i % Captions.Length], name),
                                    name,
                                    options.Backgrounds == ObjectBackgrounds.Any
                                        ? ""
                                        : TwoBackgrounds[Background(library, i, options)].Name,
                                ];
                        })
                        .Prepend(["image", "caption", "object", "background"])
                )
        );
        if (options.Backgrounds == ObjectBackgrounds.Any)
            return;
        AtomicFile.Write(
            Path.Combine(directory, LabelsName),
            stream =>
                CsvTable.Write(
                    stream,
                    library
                        .Objects.Select((known, i) => (IEnumerable<string>)[known.Name, TwoBackgrounds[Half(library, i)].Name])
                        .Prepend(["label", "category"])
                )
        );
    }

    /// <summary>The scene of a picture: one object, whole within it, tinted half of the time where that is asked for.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="index">The number of the picture; those of an object follow one another.</param>
    /// <param name="options">How it is drawn.</param>
    internal static Scene Draw(ObjectLibrary library, int index, ZeroShotOptions options)
    {
        const ulong Stream = 0x5_1461E; // apart from the streams of SceneSampler
        SceneRandom random = new(options.Seed, Stream, (ulong)index);
        int thing = index / options.PicturesPerObject;
        ulong background = random.NextUInt64();
        float size = random.NextSingle(options.SmallestSize, options.LargestSize);
        SceneBox box = library.Box(new PlacedObject(thing, 0, 0, size, SceneColors.None, false));
        float x = random.NextSingle(box.Width / 2, 1 - box.Width / 2);
        float y = random.NextSingle(box.Height / 2, 1 - box.Height / 2);
        int color = random.NextBool() ? random.NextInt(SceneColors.Count) : SceneColors.None;
        if (options.Backgrounds != ObjectBackgrounds.Any)
            background = TwoBackgrounds[Background(library, index, options)].Seed;
        return new Scene(background, [new PlacedObject(thing, x, y, size, color, random.NextBool())]);
    }

    private static int Background(ObjectLibrary library, int index, ZeroShotOptions options) =>
        options.Backgrounds == ObjectBackgrounds.Own
            ? Half(library, index / options.PicturesPerObject)
            : index % options.PicturesPerObject % TwoBackgrounds.Length;

    private static int Half(ObjectLibrary library, int thing) => 2 * thing < library.Objects.Count ? 0 : 1;

    private static void CheckSettings(string path, ObjectLibrary library, int side, ZeroShotOptions options)
    {
        string settings = JsonSerializer.Serialize(
            new
            {
                objects = library.Objects.Select(known => known.Name),
                side,
                options.PicturesPerObject,
                options.Seed,
                options.SmallestSize,
                options.LargestSize,
                backgrounds = options.Backgrounds.ToString(),
            },
            JsonSerializerOptions.Web
        );
        if (!File.Exists(path))
            AtomicFile.Write(path, settings + "\n");
        else if (File.ReadAllText(path).TrimEnd() != settings)
            throw new InvalidDataException($"{path}: the folder holds pictures of other settings; choose an empty one");
    }
}
