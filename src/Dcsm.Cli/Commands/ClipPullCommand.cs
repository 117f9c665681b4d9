using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Hub;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip pull MODEL</c>: fetches a CLIP from a Hugging Face hub.</summary>
internal static class ClipPullCommand
{
    public static Command Create()
    {
        Argument<string> model = new("MODEL") { Description = "owner/name on the hub, such as openai/clip-vit-base-patch16." };
        Option<string> revision = new("--revision")
        {
            Description = "Branch, tag or commit.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "main",
        };
        Command command = new(
            "pull",
            "Fetches what is needed of a CLIP from a Hugging Face hub into its ordinary cache; afterwards --clip takes its "
                + "name. HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE are honored."
        )
        {
            model,
            revision,
        };
        return command
            .WithExamples("dcsm clip pull openai/clip-vit-base-patch16", "dcsm clip pull openai/clip-vit-base-patch32 --json")
            .Runs(
                (parse, terminal, cancellationToken) => Run(parse.GetValue(model)!, parse.GetValue(revision)!, terminal, cancellationToken)
            );
    }

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
                        new DelegateProgress<HubProgress>(p =>
                            report(p.Total == 0 ? 1 : (double)p.Done / p.Total, p.Done / 1_000_000, p.File)
                        ),
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
