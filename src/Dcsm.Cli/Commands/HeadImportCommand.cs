using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm head import FILE DIR</c>: a head of the authors' code as a head directory.</summary>
internal sealed class HeadImportCommand
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "A checkpoint that the DCSM code saved (.pt, zip archive or older). Nothing of it is run.",
    };
    private readonly Argument<string> _directory = new("DIR")
    {
        Description = "Where the head goes: dcsm_config.json and dcsm_head.safetensors.",
    };
    private readonly Option<string?> _clip = new("--clip")
    {
        Description =
            "The CLIP to bind the head to; its weights must be those in the checkpoint. [default: the CLIP in the "
            + "checkpoint, with a head for each 64 of its width]",
        HelpName = "DIR",
    };

    private readonly Option<bool> _overwrite = Overwriting.Option();

    public static Command Create() => new HeadImportCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new("import", "Turns a checkpoint of the authors' DCSM code into a head directory.")
        {
            _file,
            _directory,
            _clip,
            _overwrite,
        };
        return command
            .WithExamples(
                "dcsm head import official.pt out/official-head",
                "dcsm clip convert official.pt out/its-clip",
                "dcsm score photo.jpg --caption \"a dog left of a cat\" --clip out/its-clip --head out/official-head"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string directory = parse.GetValue(_directory)!;
        using FolderLock folder = parse.Lock(directory);
        Overwriting.CheckHead(directory, parse.GetValue(_overwrite));
        Run(parse.GetValue(_file)!, directory, parse.GetValue(_clip), terminal);
    }

    private static void Run(string file, string directory, string? clipDirectory, Terminal terminal)
    {
        using ClipModel? clip = clipDirectory is null
            ? null
            : ClipModel.Load(ClipDirectory.Of(clipDirectory), new ClipOptions { Warn = terminal.Warning });
        DcsmHead head = OfficialCheckpoint.Import(file, clip, terminal.Warning);
        head.Save(directory);
        DcsmConfig config = head.Config;
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    clip = new { fingerprint = config.ClipFingerprint },
                    config.ImageTokens,
                    config.TextTokens,
                    config.Dimension,
                    words = config.Words.Words,
                    config.Placement,
                    config.Standardization,
                }
            );
            return;
        }
        Terminal.Result(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{directory}: a head for {config.ImageTokens} image tokens and {config.TextTokens} text tokens, "
                    + $"{config.Words.Words.Count} functional words, of the CLIP {config.ClipFingerprint}"
            )
        );
    }
}
