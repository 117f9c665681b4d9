using System.CommandLine;
using Dcsm.Cli.Internals;
using Dcsm.Clip;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm score</c>: scores pictures with captions. Never loads libtorch.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        Argument<string[]> images = new("IMAGE")
        {
            Description = "Pictures: PNG, JPEG, WebP, GIF or BMP files.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string[]> caption = new("--caption", "-c")
        {
            Description = "A caption; give several to compare them.",
            HelpName = "TEXT",
        };
        Option<string?> captions = new("--captions")
        {
            Description = "A text file of captions, one a line; each is scored with each picture.",
            HelpName = "FILE",
        };
        Option<string?> pairs = new("--pairs")
        {
            Description = "A CSV file with the columns image and caption; each row is one pair. Pictures are looked for beside the file.",
            HelpName = "FILE",
        };
        Option<string?> clip = CommonOptions.Clip();
        Option<string?> head = CommonOptions.Head();
        Option<string?> compat = Compatibility.Option();
        Option<bool> cosine = new("--cosine")
        {
            Description = "Also show CLIP's own cosine.",
        };
        Option<bool> csv = new("--csv")
        {
            Description = "Print the result as CSV.",
        };
        Option<string?> outFile = new("--out", "-o")
        {
            Description = "Write the result to a file, as its ending says: .json or .csv.",
            HelpName = "FILE",
        };
        Option<string> precision = CommonOptions.Precision();
        Option<int> threads = CommonOptions.Threads();

        Command command = new("score", "Scores how well captions fit pictures; the higher, the better. The best caption of a picture is marked *.")
        {
            images, caption, captions, pairs, clip, head, compat, cosine, csv, outFile, precision, threads,
        };
        command.Validators.Add(result =>
        {
            bool grid = result.GetValue(images) is { Length: > 0 } || result.GetValue(caption) is { Length: > 0 } || result.GetValue(captions) is not null;
            if (grid && result.GetValue(pairs) is not null)
                result.AddError("--pairs brings its own pictures and captions; leave out IMAGE, --caption and --captions.");
            if (result.GetValue(csv) && result.GetValue(GlobalOptions.Json))
                result.AddError("--csv and --json exclude each other.");
            if (result.GetValue(outFile) is { } file && Format(file) is null)
                result.AddError($"--out {file}: the ending must be .json or .csv.");
        });
        return command
            .WithExamples(
                "dcsm score photo.jpg --caption \"a dog left of a cat\" --caption \"a cat left of a dog\"",
                "dcsm score *.jpg --captions captions.txt --out scores.csv",
                "dcsm score --pairs pairs.csv --json > scores.json",
                "dcsm score photo.jpg -c \"a red car\" --clip models/clip-vit-base-patch16 --head out/head")
            .Runs((parse, terminal, cancellation) =>
            {
                ScoreInput input = parse.GetValue(pairs) is { } table
                    ? ScoreInput.Pairs(table)
                    : ScoreInput.Grid(parse.GetValue(images) ?? [], parse.GetValue(caption) ?? [], parse.GetValue(captions));
                string? file = parse.GetValue(outFile);
                string format = (file is null ? null : Format(file)) ?? (parse.GetValue(csv) ? "csv" : terminal.Json ? "json" : "table");
                Run(input, ClipDirectory.Of(parse.GetValue(clip)), parse.GetValue(head) ?? ShippedFiles.Head, Compatibility.Of(parse.GetValue(compat)),
                    parse.GetValue(cosine), format, file, parse.GetPrecision(precision), parse.GetValue(threads), terminal, cancellation);
            });
    }

    private static string? Format(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".JSON" => "json",
        ".CSV" => "csv",
        _ => null,
    };

    private static void Run(
        ScoreInput input, string clipDirectory, string headDirectory, Compatibility? compatibility, bool withCosines, string format, string? file, ClipPrecision precision, int threads,
        Terminal terminal, CancellationToken cancellation)
    {
        DcsmHead head = Compatibility.Head(compatibility, headDirectory);
        using ClipModel clip = ClipModel.Load(clipDirectory, Compatibility.Clip(compatibility, terminal, threads, precision));
        var scorer = new DcsmScorer(clip, head, new DcsmScorerOptions { Threads = threads, Warn = terminal.Warning });
        IReadOnlyList<ScoredPair> scores;
        try
        {
            scores = input.Join(Score(scorer, input, terminal, cancellation), withCosines ? Cosines.Of(clip, input, cancellation) : null);
        }
        catch (InvalidDataException e) when (input.IsPairs)
        {
            throw input.WithRow(e);
        }

        if (format == "table")
        {
            TableView.Show(terminal, ScoreWriter.ToTable(scores));
            return;
        }

        string text = format == "csv" ? ScoreWriter.ToCsv(scores) : ScoreWriter.ToJson(scores, clipDirectory, clip, headDirectory);
        if (file is null)
        {
            Console.Out.Write(text);
        }
        else
        {
            TextOutput.Write(file, text);
            terminal.Remark($"{scores.Count} scores are in {file}");
        }
    }

    private static float[] Score(DcsmScorer scorer, ScoreInput input, Terminal terminal, CancellationToken cancellation) =>
        ProgressView.Show(terminal, "Scoring", "pairs", report =>
        {
            var progress = new DelegateProgress<long>(done => report((double)done / input.Count, done));
            return input.IsPairs
                ? scorer.ScorePairs(input.Images, input.Captions, progress, cancellation)
                : [.. scorer.Score(input.Images, input.Captions, progress, cancellation).Cast<float>()];
        });
}
