using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>Pictures of classes as commands take them, and their embeddings.</summary>
internal sealed class ClassData
{
    private readonly Option<string?> _names = new("--classnames")
    {
        Description =
            "A file of class names: one a line in the order of classes, or 'class = name', further names behind |; or JSON. [default: "
            + "classnames.txt or .json beside the data; what the data call them]",
        HelpName = "FILE",
    };
    private readonly Option<string> _label = new("--label-column")
    {
        Description = "The column of a table that names the class; with an s behind it, several classes with | between them.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "label",
    };
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "Keep embeddings there, for this and other runs. [default: 'embeddings' in --out; none without]",
        HelpName = "DIR",
    };
    private readonly Option<bool> _noCache = new("--no-cache") { Description = "Keep no embeddings." };
    private readonly Option<bool> _skipBroken = new("--skip-broken")
    {
        Description = "Leave out pictures that can't be read, and list them in the result.",
    };
    private readonly Option<int> _batch = new Option<int>("--batch")
    {
        Description = "Pictures that are encoded together.",
        DefaultValueFactory = _ => 64,
    }.AtLeast(1);

    /// <summary>What <c>--data</c> takes, for its help.</summary>
    public static string Description =>
        $"Pictures of classes: a folder of class folders, or KIND:PATH, KIND being {string.Join(", ", ClassifiedData.Kinds)}.";

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_names, _label, _cache, _noCache, _skipBroken, _batch])
            command.Add(option);
    }

    public ClassifiedSet Read(ParseResult parse, string data, string? groupColumn = null) =>
        ClassifiedData.Read(
            data,
            new ClassifiedDataOptions
            {
                NamesFile = parse.GetValue(_names),
                LabelColumn = parse.GetValue(_label)!,
                GroupColumn = groupColumn,
            }
        );

    /// <summary>Encodes pictures with a progress bar; what a cache holds is taken from there.</summary>
    public PictureEmbeddings Encode(
        ParseResult parse,
        IEncoder encoder,
        ClassifiedSet set,
        PictureEmbeddingOptions what,
        string? directory,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        string? cache = parse.GetValue(_noCache)
            ? null
            : parse.GetValue(_cache) ?? (directory is null ? null : Path.Combine(directory, "embeddings"));
        if (cache is not null)
            terminal.ResumeHint = $"what was encoded is in {cache}; the same command goes on from there";
        PictureEmbeddings pictures = ProgressView.Track(
            terminal,
            what.Prompts is null ? "Encoding" : $"Asking {what.Prompts.Scorer.Name}",
            "pictures",
            progress =>
                PictureEmbeddings.Encode(
                    encoder,
                    set,
                    what with
                    {
                        Cache = cache is null ? null : new EmbeddingCache(cache),
                        SkipBroken = parse.GetValue(_skipBroken),
                        BatchPictures = parse.GetValue(_batch),
                        Threads = 0,
                    },
                    progress,
                    cancellationToken
                )
        );
        foreach (string why in pictures.LeftOut)
            terminal.Warning($"left out: {why}");
        return pictures;
    }
}
