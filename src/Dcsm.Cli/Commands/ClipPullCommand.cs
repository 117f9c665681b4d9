using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Hub;
using Dcsm.IO.Progress;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip pull MODEL</c>: fetches a CLIP from a Hugging Face hub.</summary>
internal sealed class ClipPullCommand
{
    private readonly Argument<string> _model = new("MODEL")
    {
        Description = "owner/name on the hub, such as openai/clip-vit-base-patch16.",
    };
    private readonly Option<string> _revision = new("--revision")
    {
        Description = "Branch, tag or commit.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "main",
    };

    public static Command Create() => new ClipPullCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "pull",
            "Fetches what is needed of a CLIP from a Hugging Face hub into its ordinary cache; afterwards --clip takes its "
                + "name. HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, TRANSFORMERS_OFFLINE and older names are honored."
        )
        {
            _model,
            _revision,
        };
        return command
            .WithExamples("dcsm clip pull openai/clip-vit-base-patch16", "dcsm clip pull openai/clip-vit-base-patch32 --json")
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken) =>
        Run(parse.GetValue(_model)!, parse.GetValue(_revision)!, terminal, cancellationToken);

    private static void Run(string model, string revision, Terminal terminal, CancellationToken cancellationToken)
    {
        terminal.ResumeHint = "what has arrived is kept; the same command goes on from there";
        using var hub = new HubClient();
        string directory = ProgressView.Show(
            terminal,
            "Fetching",
            "MB",
            report =>
                hub.PullAsync(
                        model,
                        revision,
                        new DelegateProgress<WorkProgress>(p => report(p.Fraction, p.Done / 1_000_000, p.Part)),
                        cancellationToken
                    )
                    .GetAwaiter()
                    .GetResult()
        );
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    model,
                    revision,
                    directory,
                }
            );
        }
        else
        {
            Terminal.Result(directory);
        }
    }
}
