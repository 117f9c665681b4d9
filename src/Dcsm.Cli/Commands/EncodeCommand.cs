using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Tensors;
using Dcsm.Scoring;

namespace Dcsm.Cli.Commands;

/// <summary>
/// <c>dcsm encode</c>: token embeddings of pictures and captions, to be scored any number of times. Never loads libtorch.
/// </summary>
internal static class EncodeCommand
{
    public static Command Create()
    {
        Argument<string[]> images = new("IMAGE")
        {
            Description = "Pictures: PNG, JPEG, WebP, GIF or BMP files.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> imagesFrom = new("--images-from")
        {
            Description = "A text file of pictures, one a line. They are looked for beside the file.",
            HelpName = "FILE",
        };
        Option<string?> captions = new("--captions") { Description = "A text file of captions, one a line.", HelpName = "FILE" };
        Option<string?> pairs = new("--pairs")
        {
            Description = "A CSV file with the columns image and caption, as for 'dcsm score'. Which belong together is kept.",
            HelpName = "FILE",
        };
        Option<string> directory = CommonOptions.Out("Folder for the embeddings. An interrupted run in it is gone on with.");
        Option<string?> clip = CommonOptions.Clip();
        Option<string?> head = new("--head")
        {
            Description =
                "A DCSM head that will score the embeddings: captions get as many tokens as it reads. [default: the head that ships]",
            HelpName = "DIR",
        };
        Option<int?> textTokens = new Option<int?>("--text-tokens")
        {
            Description = "Tokens of a caption. [default: as many as the head reads]",
        }.AtLeast(2);
        Option<string> type = new("--dtype")
        {
            Description = "How the numbers are stored: float32 as CLIP gives them, float16 rounded, half as large.",
            HelpName = "TYPE",
            DefaultValueFactory = _ => "float32",
        };
        type.AcceptOnlyFromAmong("float32", "float16");
        Option<double> saveEvery = new Option<double>("--checkpoint-every")
        {
            Description = "Seconds after which what is encoded is made safe.",
            DefaultValueFactory = _ => 5,
        }.AtLeast(0.0);
        Option<string?> compat = Compatibility.Option();
        compat.Description = "Read texts and transparency as the official programs do (transformers 4.26), for 'dcsm score --compat'.";
        Option<string> precision = CommonOptions.Precision();
        Option<int> threads = CommonOptions.Threads();

        Command command = new(
            "encode",
            "Writes the token embeddings of pictures and captions to a folder, so that 'dcsm score --embeddings' need not run CLIP again."
        )
        {
            images,
            imagesFrom,
            captions,
            pairs,
            directory,
            clip,
            head,
            textTokens,
            type,
            saveEvery,
            compat,
            precision,
            threads,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(head) is not null && result.GetValue(textTokens) is not null)
                result.AddError("--head tells how many tokens a caption has; leave out --text-tokens.");
        });
        return command
            .WithExamples(
                "dcsm encode *.jpg --out out/embeddings",
                "dcsm encode --images-from pictures.txt --captions captions.txt --out out/embeddings --dtype float16",
                "dcsm encode --pairs pairs.csv --out out/pairs --clip models/clip-vit-base-patch16 --head out/head"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    EmbeddingStoreInput input = EncodeInput.Read(
                        parse.GetValue(images) ?? [],
                        parse.GetValue(imagesFrom),
                        parse.GetValue(captions),
                        parse.GetValue(pairs)
                    );
                    using var model = ClipModel.Load(
                        ClipDirectory.Of(parse.GetValue(clip)),
                        Compatibility.Clip(
                            Compatibility.Of(parse.GetValue(compat)),
                            terminal,
                            parse.GetValue(threads),
                            parse.GetPrecision(precision)
                        )
                    );
                    var options = new EmbeddingStoreOptions
                    {
                        Type = parse.GetValue(type) == "float16" ? TensorType.F16 : TensorType.F32,
                        TextTokens = parse.GetValue(textTokens) ?? TextTokens(model, parse.GetValue(head)),
                        SaveEvery = TimeSpan.FromSeconds(parse.GetValue(saveEvery)),
                        Warn = terminal.Warning,
                    };
                    Run(input, model, parse.GetValue(directory)!, options, terminal, cancellationToken);
                }
            );
    }

    private static int TextTokens(ClipModel clip, string? head) =>
        head is null
            ? Math.Min(DcsmHead.Load(ShippedFiles.Head).Config.TextTokens, clip.Config.Text.ContextLength)
            : new DcsmScorer(clip, DcsmHead.Load(head)).Head.Config.TextTokens;

    private static void Run(
        EmbeddingStoreInput input,
        ClipModel clip,
        string directory,
        EmbeddingStoreOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        terminal.ResumeHint = $"what is encoded is in {directory}; the same command goes on from there";
        int total = input.Images.Count + input.Captions.Count;
        string unit = input.Images.Count > 0 ? "pictures" : "captions";
        bool written = ProgressView.Show(
            terminal,
            "Encoding",
            unit,
            report =>
                TokenEmbeddingStore.Write(
                    directory,
                    clip,
                    input,
                    options,
                    new DelegateProgress<EmbeddingStoreProgress>(done =>
                        report((double)(done.Images + done.Captions) / total, input.Images.Count > 0 ? done.Images : done.Captions)
                    ),
                    cancellationToken
                )
        );

        using var store = TokenEmbeddingStore.Open(directory);
        EmbeddingStoreInfo info = store.Info;
        long bytes = Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length);
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
                    dtype = info.Type == TensorType.F16 ? "float16" : "float32",
                    info.ImageTokens,
                    info.TextTokens,
                    info.Dimension,
                    bytes,
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
