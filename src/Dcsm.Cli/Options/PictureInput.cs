using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pairs;

namespace Dcsm.Cli.Options;

/// <summary>How commands that take many pictures find them.</summary>
internal sealed class PictureInput
{
    /// <summary>What they take, for their help.</summary>
    public const string Description =
        "Pictures: PNG, JPEG, WebP, GIF, BMP, TIFF, TGA, PNM or QOI files, folders or tars of them, patterns in quotation marks "
        + "('photos/**/*.jpg'), or - for names on standard input, one a line.";

    /// <summary>What tables of pairs are, for their help.</summary>
    public const string TableDescription =
        "A table with the columns image and caption (or filepath and title, file_name and text), separated by commas, semicolons or tabs, "
        + "or a .parquet file of them; each row is one pair. Pictures are looked for beside the file. - is standard input. Or WebDataset "
        + "tars (one, a folder of them, or shards/{000..012}.tar): a picture beside .txt, or beside .json with the field caption.";

    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Also take what is in folders of folders." };
    private readonly Option<bool> _skipBroken = new("--skip-broken")
    {
        Description = "Leave out pictures that are missing or broken, and list them in the result.",
    };
    private readonly PictureDecoding _decoding = new();
    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "With --pairs: the columns of picture and caption.",
        HelpName = "IMAGE,CAPTION",
    };
    private readonly Option<string?> _separator = new("--separator")
    {
        Description = "With --pairs: what stands between fields, one character or 'tab'. [default: what the header shows]",
        HelpName = "CHARACTER",
    };

    /// <summary>Adds what is asked of pictures alone.</summary>
    public void AddPicturesTo(Command command)
    {
        command.Add(_recursive);
        command.Add(_skipBroken);
        _decoding.AddTo(command);
    }

    /// <summary>Adds what is asked of pictures, and of tables of pairs.</summary>
    public void AddTo(Command command)
    {
        AddPicturesTo(command);
        command.Add(_columns);
        command.Add(_separator);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_columns) is { } columns && Columns(columns) is null)
                result.AddError($"--columns '{columns}': two names with a comma between them are expected.");
            if (result.GetValue(_separator) is { } separator && Separator(separator) is null)
                result.AddError($"--separator '{separator}': one character, or 'tab', is expected.");
        });
    }

    /// <summary>Whether broken pictures are left out; of a part of a list they always are, and the part goes on.</summary>
    public bool SkipsBroken(ParseResult parse) => AsksToSkip(parse) || ShardOption.Of(parse) is not null;

    /// <summary>Whether it was asked for in so many words.</summary>
    public bool AsksToSkip(ParseResult parse) => parse.GetValue(_skipBroken);

    /// <summary>How pictures are decoded.</summary>
    public PictureOptions Decoding(ParseResult parse, Terminal terminal) => _decoding.Of(parse, terminal);

    /// <summary>The files that names mean.</summary>
    public IReadOnlyList<string> Pictures(ParseResult parse, string[]? names) =>
        PictureList.Find(names ?? [], parse.GetValue(_recursive), allowMissing: SkipsBroken(parse));

    /// <summary>Reads a table of pairs.</summary>
    public IReadOnlyList<ImageCaptionPair> Pairs(ParseResult parse, string table)
    {
        var options = new ImageCaptionOptions
        {
            Columns = parse.GetValue(_columns) is { } columns ? Columns(columns) : null,
            Separator = parse.GetValue(_separator) is { } separator ? Separator(separator) : null,
            AllowMissing = SkipsBroken(parse),
        };
        return table == StandardInput.Name
                ? ImageCaptionCsv.Parse(StandardInput.ReadAll(), StandardInput.Title, Environment.CurrentDirectory, options)
            : ImageCaptionTar.IsMeant(table) ? ImageCaptionTar.Read(table)
            : Path.GetExtension(table).Equals(".parquet", StringComparison.OrdinalIgnoreCase) ? ImageCaptionParquet.Read(table, options)
            : ImageCaptionCsv.Read(table, options);
    }

    private static (string, string)? Columns(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries) is [{ Length: > 0 } image, { Length: > 0 } caption] ? (image, caption) : null;

    private static char? Separator(string text) =>
        text is "tab" or "\\t" ? '\t'
        : text.Length == 1 && char.IsAscii(text[0]) && text[0] is not ('"' or '\r' or '\n') ? text[0]
        : null;
}
