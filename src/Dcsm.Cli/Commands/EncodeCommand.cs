using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Head;
using Dcsm.IO.Tensors;
using Dcsm.Scoring;

namespace Dcsm.Cli.Commands;

/// <summary>
/// <c>dcsm encode</c>: token embeddings of pictures and captions, to be scored any number of times. Never loads libtorch.
/// </summary>
internal sealed class EncodeCommand
{
    private readonly Argument<string[]> _images = new("IMAGE") { Description = PictureInput.Description, Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _imagesFrom = new("--images-from")
    {
        Description = "A text file of pictures, one a line. They are looked for beside the file.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _captions = new("--captions")
    {
        Description = "A text file of captions, one a line.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _pairs = new("--pairs")
    {
        Description = PictureInput.TableDescription + " Which belong together is kept.",
        HelpName = "FILE",
    };
    private readonly Option<string> _directory = CommonOptions.Out("Folder for the embeddings. An interrupted run in it is gone on with.");
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string?> _head = new("--head")
    {
        Description = "A DCSM head that will score the embeddings: captions get as many tokens as it reads. [default: the head that ships]",
        HelpName = "DIR",
    };
    private readonly Option<int?> _textTokens = new Option<int?>("--text-tokens")
    {
        Description = "Tokens of a caption. [default: as many as the head reads]",
    }.AtLeast(2);
    private readonly Option<string> _type = new("--dtype")
    {
        Description = "How the numbers are stored: float32 as CLIP gives them; float16 rounded, half as large; int8, a quarter as large.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "float32",
    };
    private readonly Option<double> _saveEvery = new Option<double>("--checkpoint-every")
    {
        Description = "Seconds after which what is encoded is made safe.",
        DefaultValueFactory = _ => 5,
    }.AtLeast(0.0);
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<string?> _orientation = CommonOptions.Orientation("apply; ignore with --compat");
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _device = CommonOptions.EncodingDevice();

    private readonly Option<bool> _estimate = new("--estimate")
    {
        Description = "Tell how long all of it takes, and how much is written, by encoding a few of the pictures; write nothing.",
    };

    private readonly PictureInput _input = new();

    public static Command Create() => new EncodeCommand().ToCommand();

    private Command ToCommand()
    {
        _type.OneOf([.. EmbeddingStoreInfo.Types.Select(type => type.Name)]);
        _compat.Description = "Read texts and transparency as the official programs do (transformers 4.26), for 'dcsm score --compat'.";
        Command command = new(
            "encode",
            "Writes the token embeddings of pictures and captions to a folder, so that 'dcsm score --embeddings' need not run CLIP again."
        )
        {
            _images,
            _imagesFrom,
            _captions,
            _pairs,
            _directory,
            _clip,
            _head,
            _textTokens,
            _type,
            _saveEvery,
            _compat,
            _precision,
            _orientation,
            _threads,
            _device,
            _estimate,
        };
        _input.AddTo(command);
        ShardOption.AddTo(command, "pictures and captions");
        command.Validators.Add(result =>
        {
            if (result.GetValue(_head) is not null && result.GetValue(_textTokens) is not null)
                result.AddError("--head tells how many tokens a caption has; leave out --text-tokens.");
        });
        return command
            .WithExamples(
                "dcsm encode photos --out out/embeddings",
                "dcsm encode --images-from pictures.txt --captions captions.txt --out out/embeddings --dtype float16",
                "dcsm encode photos --recursive --out out/embeddings --estimate",
                "dcsm encode --pairs pairs.csv --out out/pairs --clip models/clip-vit-base-patch16 --head out/head"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        EmbeddingStoreInput input = EncodeInput.Read(
            _input.Pictures(parse, parse.GetValue(_images)),
            parse.GetValue(_imagesFrom),
            parse.GetValue(_captions),
            parse.GetValue(_pairs) is { } table ? _input.Pairs(parse, table) : [],
            _input.SkipsBroken(parse)
        );
        PictureOptions pictures = _input.Decoding(parse, terminal);
        using var model = ClipModel.Load(
            ClipDirectory.Of(parse.GetValue(_clip)),
            Compatibility.Clip(
                Compatibility.Of(parse.GetValue(_compat)),
                terminal,
                parse.GetValue(_threads),
                parse.GetPrecision(_precision),
                parse.GetOrientation(_orientation),
                pictures
            ) with
            {
                Device = parse.GetDevice(_device),
            }
        );
        DcsmHead? head = parse.GetValue(_textTokens) is null ? HeadFor(model, parse.GetValue(_head)) : null;
        if (head is not null && parse.GetValue(_compat) is null)
            input = input with { EncodedCaptions = head.Config.Read(input.Captions) };
        var options = new EmbeddingStoreOptions
        {
            Type = EmbeddingStoreInfo.Types.First(type => type.Name == parse.GetValue(_type)).Type,
            TextTokens = parse.GetValue(_textTokens) ?? Math.Min(head!.Config.TextTokens, model.Config.Text.ContextLength),
            SaveEvery = TimeSpan.FromSeconds(parse.GetValue(_saveEvery)),
            Warn = terminal.Warning,
        };
        if (parse.GetValue(_estimate))
        {
            EncodeEstimate.Show(input, model, options, terminal, cancellationToken);
            return;
        }

        string directory = parse.GetValue(_directory)!;
        EncodeShard? part = ShardOption.Of(parse) is { } shard ? new EncodeShard(directory, shard, input) : null;
        if (part?.Begin(model, parse.GetValue(_compat), options, terminal) == false)
            return;
        input = part?.Input ?? input;
        var broken = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        if (_input.SkipsBroken(parse))
            options = options with { Failed = (image, error) => broken[image.Name] = error.Message };
        try
        {
            if (part is null || input.Images.Count + input.Captions.Count > 0)
                Run(input, model, part?.Folder ?? directory, options, broken, terminal, cancellationToken);
        }
        catch (InvalidDataException) when (part is not null && input.Captions.Count == 0 && broken.Count == input.Images.Count)
        {
            // A part may be of broken pictures alone.
            BrokenPictures.Tell(input.Images.Select(image => image.Path), broken, terminal);
        }

        part?.Finish(broken);
    }

    /// <summary>The head that captions are encoded for: one of this CLIP, or the one that ships.</summary>
    private static DcsmHead HeadFor(ClipModel clip, string? head) =>
        head is null ? DcsmHead.Load(ShippedFiles.Head) : new DcsmScorer(clip, DcsmHead.Load(head)).Head;

    private static void Run(
        EmbeddingStoreInput input,
        ClipModel clip,
        string directory,
        EmbeddingStoreOptions options,
        ConcurrentDictionary<string, string> broken,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        terminal.ResumeHint = $"what is encoded is in {directory}; the same command goes on from there";
        string unit =
            input.Captions.Count == 0 ? "pictures"
            : input.Images.Count == 0 ? "captions"
            : "pictures and captions";
        bool written = ProgressView.Track(
            terminal,
            "Encoding",
            unit,
            progress => TokenEmbeddingStore.Write(directory, clip, input, options, progress, cancellationToken)
        );

        BrokenPictures.Tell(input.Images.Select(image => image.Path), broken, terminal);
        using var store = TokenEmbeddingStore.Open(directory);
        EmbeddingStoreInfo info = store.Info;
        long bytes = Directory.EnumerateFiles(directory, "*", new EnumerationOptions()).Sum(file => new FileInfo(file).Length);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    written,
                    images = info.Images,
                    captions = info.Captions,
                    pairs = info.Pairs,
                    dtype = EmbeddingStoreInfo.Types.First(type => type.Type == info.Type).Name,
                    info.ImageTokens,
                    info.TextTokens,
                    info.Dimension,
                    orientation = info.Orientation.Name(),
                    bytes,
                    skipped = broken.IsEmpty
                        ? null
                        : input
                            .Images.Where(image => broken.ContainsKey(image.Path))
                            .Select(image => new { image = image.Path, reason = broken[image.Path] }),
                    clip = new
                    {
                        name = info.ClipName,
                        fingerprint = info.ClipFingerprint,
                        precision = info.Precision.Name(),
                    },
                }
            );
            return;
        }

        string megabytes = (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        string what = $"{info.Images} pictures, {info.Captions} captions{(info.Pairs > 0 ? $" and {info.Pairs} pairs of them" : "")}";
        terminal.Remark(written ? $"{what} are in {directory}, {megabytes} MB" : $"{directory} is up to date: {what}, {megabytes} MB");
    }
}
