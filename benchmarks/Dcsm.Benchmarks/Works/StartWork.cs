using System.Diagnostics;
using Dcsm.Benchmarks.Compare;

namespace Dcsm.Benchmarks.Works;

/// <summary>The published <c>dcsm score</c> with one picture and two captions, from the start of its process to its end.</summary>
internal sealed class StartWork : IWork
{
    public string Name => "start";

    public IEnumerable<Row> Measure(Session session)
    {
        string output = Path.Combine(AppContext.BaseDirectory, "published");
        Session.Say("publishing dcsm");
        Run("dotnet", "publish", Repository.Path("src", "Dcsm.Cli"), "-c", "Release", "-o", output, "-v", "q", "-nodeReuse:false");
        string program = Path.Combine(output, "dcsm");
        string picture = Repository.Path("data", "samples", "color.png");
        string[] arguments =
        [
            "score",
            picture,
            "-c",
            "a red teapot and a blue car",
            "-c",
            "a blue teapot and a red car",
            "--clip",
            Repository.Path("data", "clip-small"),
            "--head",
            Repository.Path("data", "head-small"),
            "--json",
        ];
        const string Work = "cold start, dcsm score, 1 picture × 2 captions, small CLIP, published";
        Session.Say(Work);
        string? python = PythonPeer.Find();
        Action own = () => Run(program, arguments);
        if (python is null)
        {
            Samples alone = Alternation.Run(session.Runs, 0.1, own)[0];
            yield return Row.Time(Work, "0.5 s", 1, alone, new Samples([0.5]), "s");
            yield break;
        }
        Samples[] samples = Alternation.Run(session.Runs, 0.1, own, () => Run(python, "-c", "import torch"));
        yield return Row.Time(Work, "0.5 s", 1, samples[0], new Samples([0.5]), "s");
        yield return Row.Time(Work, "python -c \"import torch\"", null, samples[0], samples[1], "s");
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidDataException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {text}{error.Result}");
    }
}
