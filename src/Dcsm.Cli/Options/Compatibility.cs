using System.CommandLine;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Cli.Options;

/// <summary>Whose habits a command follows: ours, or those of the official DCSM programs.</summary>
internal sealed record Compatibility(string Name, RowPlacement Placement)
{
    private static readonly Compatibility[] All =
    [
        new("official", RowPlacement.Official),
        new("official-notebook", RowPlacement.OfficialNotebook),
    ];

    /// <summary>The option; null where it is not given.</summary>
    public static Option<string?> Option()
    {
        Option<string?> option = new("--compat")
        {
            Description =
                "Compute as the official programs do: text and transparency as in transformers 4.26, rows placed by word index, "
                + "the whole batch standardized together. official: as in its training and benchmarks; official-notebook: "
                + "as in its notebook.",
            HelpName = "WAY",
        };
        option.OneOf([.. All.Select(way => way.Name)]);
        return option;
    }

    public static Compatibility? Of(string? name) => Array.Find(All, way => way.Name == name);

    /// <summary>How a CLIP is opened.</summary>
    public static ClipOptions Clip(
        Compatibility? way,
        Terminal terminal,
        int threads = 0,
        ClipPrecision precision = ClipPrecision.Float32,
        PictureOrientation? orientation = null,
        PictureOptions? pictures = null
    )
    {
        ClipOptions options = way is null ? new ClipOptions() : ClipOptions.Official;
        PictureOptions usual = options.Pictures;
        return options with
        {
            Threads = threads,
            Precision = precision,
            Warn = terminal.Warning,
            Pictures = (pictures ?? usual) with { Transparency = usual.Transparency, Orientation = orientation ?? usual.Orientation },
        };
    }

    /// <summary>A head, read as the official programs would read it.</summary>
    public static DcsmHead Head(Compatibility? way, string directory)
    {
        var head = DcsmHead.Load(directory);
        return way is null ? head : head.With(way.Placement, MapStandardization.WholeBatch);
    }
}
