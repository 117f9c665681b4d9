using System.CommandLine;
using System.CommandLine.Parsing;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Shards;
using Dcsm.Maps;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm score</c>: scores pictures with captions. Never loads libtorch.</summary>
internal sealed class ScoreCommand
{
    private readonly Argument<string[]> _images = new("IMAGE") { Description = PictureInput.Description, Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string[]> _caption = new("--caption", "-c")
    {
        Description = "A caption; give several to compare them.",
        HelpName = "TEXT",
    };
    private readonly Option<string?> _captions = new("--captions")
    {
        Description = "A text file of captions, one a line, or - for standard input; each is scored with each picture.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _pairs = new("--pairs") { Description = PictureInput.TableDescription, HelpName = "FILE" };
    private readonly Option<string[]> _embeddings = new("--embeddings")
    {
        Description =
            "Score what 'dcsm encode' wrote to a folder, instead of pictures: its pairs, or every picture of it with the "
            + "captions given here or, without any, with those it holds. CLIP is opened only for captions that it does not hold. Give "
            + "several, or a folder of parts (--shard), to have them as one.",
        HelpName = "DIR",
    };
    private readonly Option<bool> _grid = new("--grid")
    {
        Description = "With --embeddings that hold pairs: score every picture with every caption all the same.",
    };
    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "With --embeddings: first read all of them, and refuse what is not to the byte what was written.",
    };
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = CommonOptions.Head();
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<bool> _cosine = new("--cosine") { Description = "Also show CLIP's own cosine." };
    private readonly Option<bool> _logits = new("--logits") { Description = "Show the head's raw scores, not probabilities." };
    private readonly Option<bool> _softmax = new("--softmax")
    {
        Description = "Also show each caption's share among all captions of its picture: which of these it is.",
    };
    private readonly Option<bool> _csv = new("--csv") { Description = "Print the result as CSV." };
    private readonly Option<string?> _outFile = new("--out", "-o")
    {
        Description = $"Write the result to a file, as its ending says: {ScoreFormat.Endings}. With --shard the folder of all parts.",
        HelpName = "FILE",
    };
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _orientation = CommonOptions.Orientation("apply; ignore with --compat");
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _device = CommonOptions.EncodingDevice();

    private readonly Option<bool> _stdin = new("--stdin")
    {
        Description =
            "Be a filter: each line of standard input is a JSON object with image (a file) or bytes (its content in base64), caption or "
            + "captions, and perhaps id; each line of standard output is its scores, or its error, in the same order.",
    };

    private readonly PictureInput _input = new();
    private readonly Option<bool> _sort = new("--sort")
    {
        Description = "Best first: the captions of each picture; of one caption the pictures; all pairs of --pairs.",
    };
    private readonly Option<int?> _top = new Option<int?>("--top") { Description = "Only so many of the best, sorted so." }.AtLeast(1);

    public static Command Create() => new ScoreCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "score",
            "Scores how well captions fit pictures: how likely each is true, or, for heads without a calibration, a "
                + "number that is the higher, "
                + "the better. The best caption of a picture is marked *. A head can judge what it was trained on, names, colors, sizes, "
                + "relations and absences of objects that its CLIP knows; of captions with other words, or with none "
                + "that names a thing, no probability is told."
        )
        {
            _images,
            _caption,
            _captions,
            _pairs,
            _embeddings,
            _grid,
            _verify,
            _clip,
            _head,
            _compat,
            _logits,
            _softmax,
            _cosine,
            _csv,
            _outFile,
            _precision,
            _orientation,
            _threads,
            _device,
            _sort,
            _top,
            _stdin,
        };
        _input.AddTo(command);
        ShardOption.AddTo(command, "the pictures");
        _head.Description +=
            $" {CommonOptions.NoHead}: no head, the score is CLIP's cosine. {CommonOptions.MatchingHead}: the head that a BLIP for "
            + "retrieval has for pairs.";
        command.Validators.Add(result =>
        {
            bool anyImages = result.GetValue(_images) is { Length: > 0 },
                anyCaptions = result.GetValue(_caption) is { Length: > 0 } || result.GetValue(_captions) is not null;
            if ((anyImages || anyCaptions) && result.GetValue(_pairs) is not null)
                result.AddError("--pairs brings its own pictures and captions; leave out IMAGE, --caption and --captions.");
            if (result.GetValue(_embeddings) is { Length: > 0 } && (anyImages || result.GetValue(_pairs) is not null))
                result.AddError("--embeddings bring their own pictures; leave out IMAGE and --pairs.");
            if (result.GetValue(_embeddings) is { Length: > 0 } && result.GetResult(_precision) is { Implicit: false })
                result.AddError("--embeddings were computed before; --precision is for 'dcsm encode'.");
            if (result.GetValue(_embeddings) is { Length: > 0 } && (result.GetValue(_sort) || result.GetValue(_top) is not null))
                result.AddError("--sort and --top are for pictures, not for --embeddings.");
            if (result.GetValue(_softmax) && result.GetValue(_pairs) is not null)
                result.AddError("--softmax compares the captions of a picture; --pairs has one caption to each.");
            if (result.GetValue(_embeddings) is { Length: > 0 } && result.GetValue(_orientation) is not null)
                result.AddError("--embeddings were computed before; --orientation is for 'dcsm encode'.");
            if (result.GetValue(_grid) && result.GetValue(_embeddings) is not { Length: > 0 })
                result.AddError("--grid goes with --embeddings.");
            if (result.GetValue(_verify) && result.GetValue(_embeddings) is not { Length: > 0 })
                result.AddError("--verify goes with --embeddings.");
            if (result.GetValue(_csv) && result.GetValue(GlobalOptions.Json))
                result.AddError("--csv and --json exclude each other.");
            CheckOut(result);
            CheckStdin(result);
        });
        return command
            .WithExamples(
                "dcsm score photo.jpg --caption \"a dog left of a cat\" --caption \"a cat left of a dog\"",
                "dcsm score photos --captions captions.txt --out scores.csv --skip-broken",
                "dcsm score photos --recursive -c \"a dog left of a cat\" --top 10",
                "dcsm score --pairs pairs.csv --json > scores.json",
                "dcsm score --stdin < pairs.jsonl > scores.jsonl",
                "dcsm score photos --captions captions.txt --out out/scores --shard 3/8",
                "dcsm score --embeddings out/embeddings --captions captions.txt --out scores.csv",
                "dcsm score photo.jpg -c \"a red car\" --clip models/clip-vit-base-patch16 --head out/head"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string? file = parse.GetValue(_outFile);
        string format =
            (file is null ? null : ScoreFormat.Of(file))
            ?? (
                parse.GetValue(_csv) ? "csv"
                : terminal.Json ? "json"
                : "table"
            );
        string? head = parse.GetValue(_head) is CommonOptions.NoHead ? null : parse.GetValue(_head) ?? ShippedFiles.Head;
        if (head is CommonOptions.MatchingHead && parse.GetValue(_embeddings) is { Length: > 0 })
            throw new ArgumentException($"--head {head} reads pictures and captions together; --embeddings hold them apart");
        if (parse.GetValue(_stdin))
        {
            Pipe(parse, head, terminal, cancellationToken);
            return;
        }

        if (parse.GetValue(_embeddings) is { Length: > 0 } stores)
        {
            var stored = new StoredScores(stores, parse.GetValue(_clip), head, Compatibility.Of(parse.GetValue(_compat)))
            {
                Grid = parse.GetValue(_grid),
                Verify = parse.GetValue(_verify),
                Logits = parse.GetValue(_logits),
                Softmax = parse.GetValue(_softmax),
                Cosines = parse.GetValue(_cosine) && head is not null,
                Format = format,
                File = file,
                Threads = parse.GetValue(_threads),
                Device = parse.GetDevice(_device),
            };
            stored.Run(ScoreInput.AllCaptions(parse.GetValue(_caption) ?? [], parse.GetValue(_captions)), terminal, cancellationToken);
            return;
        }

        ScoreInput input = parse.GetValue(_pairs) is { } table
            ? ScoreInput.Pairs(table, _input.Pairs(parse, table))
            : ScoreInput.Grid(_input.Pictures(parse, parse.GetValue(_images)), parse.GetValue(_caption) ?? [], parse.GetValue(_captions));
        ScoreShard? part = ShardOption.Of(parse) is { } shard
            ? new ScoreShard(file!, shard, input) { ListsSkipped = _input.AsksToSkip(parse) }
            : null;
        var scores = new PictureScores(
            part?.Input ?? input,
            ClipDirectory.Of(parse.GetValue(_clip)),
            head,
            Compatibility.Of(parse.GetValue(_compat))
        )
        {
            Cosines = parse.GetValue(_cosine) && head is not null,
            Shard = part,
            Format = part is null ? format : "parts",
            File = part is null ? file : null,
            Precision = parse.GetPrecision(_precision),
            Orientation = parse.GetOrientation(_orientation),
            Threads = parse.GetValue(_threads),
            Device = parse.GetDevice(_device),
            Sort = parse.GetValue(_sort),
            Logits = parse.GetValue(_logits),
            Softmax = parse.GetValue(_softmax),
            Top = parse.GetValue(_top),
            SkipBroken = _input.SkipsBroken(parse),
            Pictures = _input.Decoding(parse, terminal),
        };
        scores.Run(terminal, cancellationToken);
    }

    private void Pipe(ParseResult parse, string? headDirectory, Terminal terminal, CancellationToken cancellationToken)
    {
        if (headDirectory is CommonOptions.MatchingHead)
            throw new ArgumentException($"--head {headDirectory} is for pictures that are named, not for --stdin");
        var compatibility = Compatibility.Of(parse.GetValue(_compat));
        DcsmHead? head = headDirectory is null ? null : Compatibility.Head(compatibility, headDirectory);
        if (head?.Config.Standardization == MapStandardization.WholeBatch)
            throw new ArgumentException("--stdin: this head standardizes all maps together, and a filter never has all");
        using var clip = ClipModel.Load(
            ClipDirectory.Of(parse.GetValue(_clip)),
            Compatibility.Clip(
                compatibility,
                terminal,
                parse.GetValue(_threads),
                parse.GetPrecision(_precision),
                parse.GetOrientation(_orientation),
                _input.Decoding(parse, terminal)
            ) with
            {
                Device = parse.GetDevice(_device),
            }
        );
        var piped = new PipedScores(
            clip,
            head is null ? null : PictureScores.Scorer(clip, head, parse.GetValue(_threads), skipBroken: false, terminal),
            ScoreInput.AllCaptions(parse.GetValue(_caption) ?? [], parse.GetValue(_captions)),
            parse.GetValue(_cosine) && head is not null
        );
        using Stream input = Console.OpenStandardInput();
        using Stream output = Terminal.OpenResults();
        piped.Run(input, output, cancellationToken);
        terminal.Remark($"{NumberText.Count(piped.Lines, "line")}, {piped.Errors} of them with an error");
    }

    private void CheckStdin(CommandResult result)
    {
        if (!result.GetValue(_stdin))
            return;
        bool others =
            result.GetValue(_images) is { Length: > 0 }
            || result.GetValue(_pairs) is not null
            || result.GetValue(_embeddings) is { Length: > 0 }
            || result.GetValue(_captions) is StandardInput.Name;
        if (others)
            result.AddError("--stdin brings its own pictures; leave out IMAGE, --pairs, --embeddings and --captions -.");
        if (result.GetValue(_outFile) is not null || result.GetValue(_csv) || result.GetValue(_sort) || result.GetValue(_top) is not null)
            result.AddError("--stdin answers on standard output, line by line; leave out --out, --csv, --sort and --top.");
    }

    private void CheckOut(CommandResult result)
    {
        Shard? shard = ShardOption.Of(result);
        if (shard is not null && (result.GetValue(_sort) || result.GetValue(_top) is not null))
            result.AddError("--sort and --top look at all scores; leave out --shard.");
        if (shard is not null && result.GetValue(_embeddings) is { Length: > 0 })
            result.AddError("--embeddings are scored as a whole; --shard is for pictures.");
        if (result.GetValue(_outFile) is not { } file || (ScoreFormat.Of(file) is null) == shard is not null)
            return;
        result.AddError(
            shard is null
                ? $"--out {file}: the ending must be {ScoreFormat.Endings}."
                : $"--out {file}: with --shard it is the folder of all parts; 'dcsm merge' makes a file of them."
        );
    }
}
