using System.CommandLine;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;

namespace Dcsm.Cli.Inputs;

/// <summary>CLIPs and heads as a person named them, opened as scorers.</summary>
internal sealed class OpenedScorers : IDisposable
{
    private readonly List<ClipModel> _models = [];

    private OpenedScorers() { }

    /// <summary>The cosine of each CLIP, then their matching heads, then the heads.</summary>
    public List<IScorer> Scorers { get; } = [];

    /// <summary>The heads in the order given.</summary>
    public List<DcsmHead> Heads { get; } = [];

    /// <summary>The directories of the CLIPs, in their order.</summary>
    public IReadOnlyList<string> Clips { get; private init; } = [];

    /// <summary>Where the CLIPs and heads are, for the record.</summary>
    public Dictionary<string, string> Arguments { get; } = [];

    public static Option<string[]> ClipOption() =>
        new("--clip")
        {
            Description =
                "A CLIP: a directory as Hugging Face lays it out, a checkpoint of OpenAI or open_clip, or a model that 'dcsm "
                + "clip pull' fetched; give several to compare them. [default: the small CLIP that ships]",
            HelpName = "DIR",
        };

    public static Option<string[]> HeadOption() =>
        new("--head")
        {
            Description = "A DCSM head; give several to compare them. [default: the head that ships, with the CLIP that ships]",
            HelpName = "DIR",
        };

    /// <summary>Opens them.</summary>
    /// <param name="clips">CLIPs; empty for the one that ships.</param>
    /// <param name="heads">Heads; empty for the one that ships where no CLIP is named.</param>
    /// <param name="compatibility">Whose habits are followed.</param>
    /// <param name="threads">Threads; 0 for one per core.</param>
    /// <param name="terminal">Where warnings go.</param>
    /// <param name="precision">What image towers are computed in.</param>
    /// <param name="orientation">Whether pictures are turned as their files say; null for what is usual.</param>
    /// <param name="pictures">How pictures are decoded; null for what is usual.</param>
    /// <param name="shipsHead">Whether the head that ships goes with the CLIP that ships.</param>
    public static OpenedScorers Open(
        string[]? clips,
        string[]? heads,
        Compatibility? compatibility,
        int threads,
        Terminal terminal,
        ClipPrecision precision = ClipPrecision.Float32,
        PictureOrientation? orientation = null,
        PictureOptions? pictures = null,
        bool shipsHead = true
    )
    {
        bool shipped = clips is not { Length: > 0 };
        string[] clipDirectories = shipped ? [ShippedFiles.Clip] : [.. clips!.Select(clip => ClipDirectory.Of(clip))];
        string[] headDirectories =
            heads is { Length: > 0 } given ? given
            : shipped && shipsHead && ShippedFiles.TryFind(ShippedFiles.HeadName) is { } head ? [head]
            : [];
        var opened = new OpenedScorers { Clips = clipDirectories };
        try
        {
            for (int i = 0; i < clipDirectories.Length; i++)
            {
                var model = ClipModel.Load(
                    clipDirectories[i],
                    Compatibility.Clip(compatibility, terminal, threads, precision, orientation, pictures)
                );
                opened._models.Add(model);
                string name = NameOf(i, clipDirectories, KindOf(model));
                opened.Scorers.Add(new ClipScorer(model, model.Matcher is not null ? $"{name} ITC" : name));
                opened.Arguments[clipDirectories.Length == 1 ? "clip" : $"clip {i + 1}"] = clipDirectories[i];
            }

            for (int i = 0; i < clipDirectories.Length; i++)
            {
                ClipModel model = opened._models[i];
                if (model.Matcher is not null)
                    opened.Scorers.Add(new MatcherScorer(model, $"{NameOf(i, clipDirectories, KindOf(model))} ITM"));
            }

            for (int i = 0; i < headDirectories.Length; i++)
            {
                DcsmHead loaded = Compatibility.Head(compatibility, headDirectories[i]);
                // whose scorer then says what does not fit
                ClipModel model = opened._models.Find(m => m.Fingerprint == loaded.Config.ClipFingerprint) ?? opened._models[0];
                opened.Heads.Add(loaded);
                opened.Scorers.Add(new DcsmHeadScorer(model, loaded, NameOf(i, headDirectories, "DCSM"), threads));
                opened.Arguments[headDirectories.Length == 1 ? "head" : $"head {i + 1}"] = headDirectories[i];
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The model of one of <see cref="Scorers"/>.</summary>
    public static ClipModel ClipOf(IScorer scorer) => scorer is MatcherScorer matcher ? matcher.Clip : ((ClipEncoder)scorer.Encoder).Clip;

    public void Dispose()
    {
        foreach (ClipModel model in _models)
            model.Dispose();
    }

    private static string KindOf(ClipModel model) =>
        model.Config.Architecture switch
        {
            "siglip" => "SigLIP",
            "coca" => "CoCa",
            "blip" or "blip_retrieval" => "BLIP",
            _ => "CLIP",
        };

    private static string NameOf(int place, string[] directories, string only)
    {
        if (directories.Length == 1)
            return only;
        string[] names =
        [
            .. directories.Select(directory => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)))),
        ];
        return names.Count(name => name == names[place]) == 1 ? names[place] : directories[place];
    }
}
