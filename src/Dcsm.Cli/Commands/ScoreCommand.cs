using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm score</c>: scores pictures with captions. Never loads libtorch.</summary>
internal sealed class ScoreCommand
{
    private readonly Argument<string[]> _images = new("IMAGE")
    {
        Description = "Pictures: PNG, JPEG, WebP, GIF or BMP files.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string[]> _caption = new("--caption", "-c")
    {
        Description = "A caption; give several to compare them.",
        HelpName = "TEXT",
    };
    private readonly Option<string?> _captions = new("--captions")
    {
        Description = "A text file of captions, one a line; each is scored with each picture.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _pairs = new("--pairs")
    {
        Description = "A CSV file with the columns image and caption; each row is one pair. Pictures are looked for beside the file.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description =
            "Score what 'dcsm encode' wrote to a folder, instead of pictures: its pairs, or every picture of it with the "
            + "captions given here or, without any, with those it holds. CLIP is opened only for captions that it does not hold.",
        HelpName = "DIR",
    };
    private readonly Option<bool> _grid = new("--grid")
    {
        Description = "With --embeddings that hold pairs: score every picture with every caption all the same.",
    };
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = CommonOptions.Head();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<bool> _cosine = new("--cosine") { Description = "Also show CLIP's own cosine." };
    private readonly Option<bool> _csv = new("--csv") { Description = "Print the result as CSV." };
    private readonly Option<string?> _outFile = new("--out", "-o")
    {
        Description = "Write the result to a file, as its ending says: .json or .csv.",
        HelpName = "FILE",
    };
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new ScoreCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "score",
            "Scores how well captions fit pictures; the higher, the better. The best caption of a picture is marked *."
        )
        {
            _images,
            _caption,
            _captions,
            _pairs,
            _embeddings,
            _grid,
            _clip,
            _head,
            _compat,
            _cosine,
            _csv,
            _outFile,
            _precision,
            _threads,
        };
        command.Validators.Add(result =>
        {
            bool anyImages = result.GetValue(_images) is { Length: > 0 },
                anyCaptions = result.GetValue(_caption) is { Length: > 0 } || result.GetValue(_captions) is not null;
            if ((anyImages || anyCaptions) && result.GetValue(_pairs) is not null)
                result.AddError("--pairs brings its own pictures and captions; leave out IMAGE, --caption and --captions.");
            if (result.GetValue(_embeddings) is not null && (anyImages || result.GetValue(_pairs) is not null))
                result.AddError("--embeddings bring their own pictures; leave out IMAGE and --pairs.");
            if (result.GetValue(_embeddings) is not null && result.GetResult(_precision) is { Implicit: false })
                result.AddError("--embeddings were computed before; --precision is for 'dcsm encode'.");
            if (result.GetValue(_grid) && result.GetValue(_embeddings) is null)
                result.AddError("--grid goes with --embeddings.");
            if (result.GetValue(_csv) && result.GetValue(GlobalOptions.Json))
                result.AddError("--csv and --json exclude each other.");
            if (result.GetValue(_outFile) is { } file && Format(file) is null)
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
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string? file = parse.GetValue(_outFile);
        string format =
            (file is null ? null : Format(file))
            ?? (
                parse.GetValue(_csv) ? "csv"
                : terminal.Json ? "json"
                : "table"
            );
        if (parse.GetValue(_embeddings) is { } store)
        {
            var stored = new StoredScores(
                store,
                parse.GetValue(_clip),
                parse.GetValue(_head) ?? ShippedFiles.Head,
                Compatibility.Of(parse.GetValue(_compat))
            )
            {
                Grid = parse.GetValue(_grid),
                Cosines = parse.GetValue(_cosine),
                Format = format,
                File = file,
                Threads = parse.GetValue(_threads),
            };
            stored.Run(ScoreInput.AllCaptions(parse.GetValue(_caption) ?? [], parse.GetValue(_captions)), terminal, cancellationToken);
            return;
        }

        ScoreInput input = parse.GetValue(_pairs) is { } table
            ? ScoreInput.Pairs(table)
            : ScoreInput.Grid(parse.GetValue(_images) ?? [], parse.GetValue(_caption) ?? [], parse.GetValue(_captions));
        Run(
            input,
            ClipDirectory.Of(parse.GetValue(_clip)),
            parse.GetValue(_head) ?? ShippedFiles.Head,
            Compatibility.Of(parse.GetValue(_compat)),
            parse.GetValue(_cosine),
            format,
            file,
            parse.GetPrecision(_precision),
            parse.GetValue(_threads),
            terminal,
            cancellationToken
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
                !withCosines ? null
                    : input.IsPairs ? ClipCosines.Pairs(clip, input.Images, input.Captions, cancellationToken)
                    : ClipCosines.All(clip, input.Images, input.Captions, cancellationToken)
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
        ProgressView.Track(
            terminal,
            "Scoring",
            "pairs",
            progress =>
            {
                if (input.IsPairs)
                    return scorer.ScorePairs(input.Images, input.Captions, progress, cancellationToken);
                float[,] grid = scorer.Score(input.Images, input.Captions, progress, cancellationToken);
                float[] scores = new float[grid.Length];
                Buffer.BlockCopy(grid, 0, scores, 0, sizeof(float) * scores.Length);
                return scores;
            }
        );
}
