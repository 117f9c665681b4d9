using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Verification;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip verify DIR</c>: whether a CLIP gives what it should.</summary>
internal sealed class ClipVerifyCommand
{
    private readonly Argument<string> _directory = new("DIR")
    {
        Description = "A CLIP directory, or a model that 'dcsm clip pull' fetched. [default: the small CLIP that ships]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create() => new ClipVerifyCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "verify",
            "Checks a CLIP: architecture, tensors, tokenizer, preprocessing, and OpenAI's ViT-B/16 and B/32 by published "
                + "cosines. Exit code 1 if something is wrong."
        )
        {
            _directory,
        };
        return command
            .WithExamples("dcsm clip verify models/clip-vit-base-patch16", "dcsm clip verify openai/clip-vit-base-patch32")
            .Judges(Run);
    }

    private bool Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken) =>
        Run(ClipDirectory.Of(parse.GetValue(_directory)), terminal);

    private static bool Run(string directory, Terminal terminal)
    {
        (string? fingerprint, VerificationLine[] lines) = Verify(directory, terminal);
        bool passed = lines.All(line => line.Passed != false);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    fingerprint,
                    passed,
                    lines,
                }
            );
            return passed;
        }

        foreach (VerificationLine line in lines)
            Terminal.Result($"{(line.Passed switch { true => "pass", false => "FAIL", null => "note" })}  {line.Name}: {line.Finding}");
        return passed;
    }

    private static (string? Fingerprint, VerificationLine[] Lines) Verify(string directory, Terminal terminal)
    {
        try
        {
            using var clip = ClipModel.Load(directory, new ClipOptions { Warn = terminal.Warning });
            return (clip.Fingerprint, [.. ClipVerification.Run(clip, ShippedFiles.Find("verify"))]);
        }
        catch (Exception e) when (e is InvalidDataException || (e is FileNotFoundException && Path.Exists(directory)))
        {
            // A missing file, a tensor that is missing or of another shape, damage: that is what was to be found out.
            return (null, [new VerificationLine("files", false, e.Message)]);
        }
    }
}
