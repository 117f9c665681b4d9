using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pictures;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Batches;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm corrupt</c>: shifted copies of a folder of pictures.</summary>
internal sealed class CorruptCommand
{
    private static readonly string[] NamesFiles = ["classnames.txt", "classnames.json"];

    private readonly Argument<string> _folder = new("DIR")
    {
        Description = "A folder of pictures, in folders of classes or not; copies keep their places in it.",
    };
    private readonly Option<string> _out = CommonOptions.Out(
        "Folder of the copies: a folder KIND-STRENGTH for each kind and strength, with PNGs. A run that was interrupted goes on there."
    );
    private readonly Option<string> _kinds = new("--kinds")
    {
        Description = $"Which: {string.Join(", ", PictureCorruption.Kinds)}; {PictureCorruption.Background} is for cut-outs.",
        HelpName = "LIST",
        DefaultValueFactory = _ => string.Join(',', PictureCorruption.Kinds.Where(kind => kind != PictureCorruption.Background)),
    };
    private readonly Option<string> _strengths = new("--strengths")
    {
        Description = $"How strong, from 1 to {PictureCorruption.Strongest}; several separated by commas.",
        HelpName = "LIST",
        DefaultValueFactory = _ => "1,2,3,4,5",
    };
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of what is random.");
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new CorruptCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new("corrupt", "Makes shifted copies of pictures, to measure robustness on: in nine kinds and five strengths.")
        {
            _folder,
            _out,
            _kinds,
            _strengths,
            _seed,
            _threads,
        };
        return command
            .WithExamples(
                "dcsm corrupt pictures/test --out out/shifted",
                "dcsm corrupt pictures/test --out out/shifted --kinds noise,blur --strengths 3"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string folder = parse.GetValue(_folder)!,
            directory = parse.GetValue(_out)!;
        string[] kinds = parse.GetValue(_kinds)!.Split(',', StringSplitOptions.TrimEntries);
        foreach (string wrong in kinds.Except(PictureCorruption.Kinds))
            throw new ArgumentException($"--kinds: '{wrong}' is none of {string.Join(", ", PictureCorruption.Kinds)}");
        int[] strengths = [.. parse.GetValue(_strengths)!.Split(',', StringSplitOptions.TrimEntries).Select(Strength)];
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder}: there is no such folder");
        string inside = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;
        string[] pictures =
        [
            .. Directory
                .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
                .Where(file => PictureFile.HasEndingOfPicture(file) && !Path.GetFullPath(file).StartsWith(inside, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        if (pictures.Length == 0)
            throw new FileNotFoundException($"{folder}: is a folder without pictures", folder);
        (string Picture, string Kind, int Strength)[] all =
        [
            .. from picture in pictures from kind in kinds from strength in strengths select (picture, kind, strength),
        ];
        terminal.ResumeHint = $"the copies that were made are in {directory}; the same command goes on from there";
        ProgressView.Show(
            terminal,
            "Corrupting",
            "copies",
            report =>
            {
                int done = 0;
                ParallelItems.ForEach(
                    all.Length,
                    parse.GetValue(_threads),
                    i =>
                    {
                        Copy(folder, all[i].Picture, all[i].Kind, all[i].Strength, directory, parse.GetValue(_seed));
                        int now = Interlocked.Increment(ref done);
                        report((double)now / all.Length, now);
                    },
                    cancellationToken
                );
            }
        );
        // Names of classes go with the pictures.
        foreach (string names in NamesFiles.Where(name => File.Exists(Path.Combine(folder, name))))
        {
            foreach (string copy in kinds.SelectMany(kind => strengths.Select(strength => Place(directory, kind, strength))))
                File.Copy(Path.Combine(folder, names), Path.Combine(copy, names), overwrite: true);
        }

        string[] folders = [.. kinds.SelectMany(kind => strengths.Select(strength => Place(directory, kind, strength)))];
        if (!terminal.Json)
        {
            Terminal.Result($"{NumberText.Count(all.Length)} copies of {NumberText.Count(pictures.Length, "picture")} in {directory}");
            return;
        }

        Terminal.ResultAsJson(
            new
            {
                directory,
                pictures = pictures.Length,
                folders,
            }
        );
    }

    // A copy depends on its picture's name, not on what else there is.
    private static void Copy(string folder, string picture, string kind, int strength, string directory, ulong seed)
    {
        string name = Path.GetRelativePath(folder, picture).Replace('\\', '/'),
            path = Path.Combine(Place(directory, kind, strength), Path.ChangeExtension(name, ".png"));
        if (File.Exists(path))
            return;
        ulong own = StableHash.Of(seed, name);
        (byte[] rgb, int width, int height) =
            kind == PictureCorruption.Background
                ? PictureCorruption.OnBackground(File.ReadAllBytes(picture), picture, strength, own)
                : Change(RgbImage.Load(picture));
        (byte[] Rgb, int Width, int Height) Change(RgbImage whole) =>
            PictureCorruption.Apply(whole.Pixels, whole.Width, whole.Height, kind, strength, own);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PictureFile.WritePng(path, rgb, width, height, compression: 1);
    }

    private static string Place(string directory, string kind, int strength) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{kind}-{strength}"));

    private static int Strength(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int strength)
        && strength is >= 1 and <= PictureCorruption.Strongest
            ? strength
            : throw new ArgumentException($"--strengths: '{text}' is no whole number from 1 to {PictureCorruption.Strongest}");
}
