using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Scoring;

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
        Option<string[]> caption = new("--caption", "-c") { Description = "A caption; give several to compare them.", HelpName = "TEXT" };
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
        Option<string?> embeddings = new("--embeddings")
        {
            Description =
                "Score what 'dcsm encode' wrote to a folder, instead of pictures: its pairs, or every picture of it with the "
                + "captions given here or, without any, with those it holds. CLIP is opened only for captions that it does not hold.",
            HelpName = "DIR",
        };
        Option<bool> grid = new("--grid")
        {
            Description = "With --embeddings that hold pairs: score every picture with every caption all the same.",
        };
        Option<string?> clip = CommonOptions.Clip();
        Option<string?> head = CommonOptions.Head();
        Option<string?> compat = Compatibility.Option();
        Option<bool> cosine = new("--cosine") { Description = "Also show CLIP's own cosine." };
        Option<bool> csv = new("--csv") { Description = "Print the result as CSV." };
        Option<string?> outFile = new("--out", "-o")
        {
            Description = "Write the result to a file, as its ending says: .json or .csv.",
            HelpName = "FILE",
        };
        Option<string> precision = CommonOptions.Precision();
        Option<int> threads = CommonOptions.Threads();

        Command command = new(
            "score",
            "Scores how well captions fit pictures; the higher, the better. The best caption of a picture is marked *."
        )
        {
            images,
            caption,
            captions,
            pairs,
            embeddings,
            grid,
            clip,
            head,
            compat,
            cosine,
            csv,
            outFile,
            precision,
            threads,
        };
        command.Validators.Add(result =>
        {
            bool anyImages = result.GetValue(images) is { Length: > 0 },
                anyCaptions = result.GetValue(caption) is { Length: > 0 } || result.GetValue(captions) is not null;
            if ((anyImages || anyCaptions) && result.GetValue(pairs) is not null)
                result.AddError("--pairs brings its own pictures and captions; leave out IMAGE, --caption and --captions.");
            if (result.GetValue(embeddings) is not null && (anyImages || result.GetValue(pairs) is not null))
                result.AddError("--embeddings bring their own pictures; leave out IMAGE and --pairs.");
            if (result.GetValue(embeddings) is not null && result.GetResult(precision) is { Implicit: false })
                result.AddError("--embeddings were computed before; --precision is for 'dcsm encode'.");
            if (result.GetValue(grid) && result.GetValue(embeddings) is null)
                result.AddError("--grid goes with --embeddings.");
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
                "dcsm score --embeddings out/embeddings --captions captions.txt --out scores.csv",
                "dcsm score photo.jpg -c \"a red car\" --clip models/clip-vit-base-patch16 --head out/head"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    string? file = parse.GetValue(outFile);
                    string format =
                        (file is null ? null : Format(file))
                        ?? (
                            parse.GetValue(csv) ? "csv"
                            : terminal.Json ? "json"
                            : "table"
                        );
                    if (parse.GetValue(embeddings) is { } store)
                    {
                        var stored = new StoredScores(
                            store,
                            parse.GetValue(clip),
                            parse.GetValue(head) ?? ShippedFiles.Head,
                            Compatibility.Of(parse.GetValue(compat))
                        )
                        {
                            Grid = parse.GetValue(grid),
                            Cosines = parse.GetValue(cosine),
                            Format = format,
                            File = file,
                            Threads = parse.GetValue(threads),
                        };
                        stored.Run(
                            ScoreInput.AllCaptions(parse.GetValue(caption) ?? [], parse.GetValue(captions)),
                            terminal,
                            cancellationToken
                        );
                        return;
                    }

                    ScoreInput input = parse.GetValue(pairs) is { } table
                        ? ScoreInput.Pairs(table)
                        : ScoreInput.Grid(parse.GetValue(images) ?? [], parse.GetValue(caption) ?? [], parse.GetValue(captions));
                    Run(
                        input,
                        ClipDirectory.Of(parse.GetValue(clip)),
                        parse.GetValue(head) ?? ShippedFiles.Head,
                        Compatibility.Of(parse.GetValue(compat)),
                        parse.GetValue(cosine),
                        format,
                        file,
                        parse.GetPrecision(precision),
                        parse.GetValue(threads),
                        terminal,
                        cancellationToken
                    );
                }
            );
    }

    private static string? Format(string file) =>
        Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".JSON" => "json",
            ".CSV" => "csv",
            _ => null,
        };

    private static void Run(
        ScoreInput input,
        string clipDirectory,
        string headDirectory,
        Compatibility? compatibility,
        bool withCosines,
        string format,
        string? file,
        ClipPrecision precision,
        int threads,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        DcsmHead head = Compatibility.Head(compatibility, headDirectory);
        using var clip = ClipModel.Load(clipDirectory, Compatibility.Clip(compatibility, terminal, threads, precision));
        var scorer = new DcsmScorer(clip, head, new DcsmScorerOptions { Threads = threads, Warn = terminal.Warning });
        IEnumerable<ScoredPair> scores;
        try
        {
            scores = input.Join(
                Score(scorer, input, terminal, cancellationToken),
                withCosines ? Cosines.Of(clip, input, cancellationToken) : null
            );
        }
        catch (InvalidDataException e) when (input.IsPairs)
        {
            throw input.WithRow(e);
        }

        ScoreWriter.Deliver(
            scores,
            new ScoreSource(clipDirectory, clip.Fingerprint, clip.Precision, headDirectory, null),
            withCosines,
            format,
            file,
            terminal
        );
        if (file is not null)
            terminal.Remark($"{input.Count} scores are in {file}");
    }

    private static float[] Score(DcsmScorer scorer, ScoreInput input, Terminal terminal, CancellationToken cancellationToken) =>
        ProgressView.Show(
            terminal,
            "Scoring",
            "pairs",
            report =>
            {
                var progress = new DelegateProgress<long>(done => report((double)done / input.Count, done));
                if (input.IsPairs)
                    return scorer.ScorePairs(input.Images, input.Captions, progress, cancellationToken);
                float[,] grid = scorer.Score(input.Images, input.Captions, progress, cancellationToken);
                float[] scores = new float[grid.Length];
                Buffer.BlockCopy(grid, 0, scores, 0, sizeof(float) * scores.Length);
                return scores;
            }
        );
}
