using System.Collections.Concurrent;
using System.CommandLine;
using Dcsm.Cli.Output;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Cli.Options;

/// <summary>How commands that read pictures decode them.</summary>
internal sealed class PictureDecoding
{
    private readonly Option<bool> _allowTruncated = new("--allow-truncated")
    {
        Description = "Take pictures whose files end early as far as they go, with a warning.",
    };
    private readonly Option<long?> _maxPixels = new Option<long?>("--max-pixels")
    {
        Description = $"Refuse pictures of more pixels. [default: {PictureOptions.MostPixels}, which is also the most]",
        HelpName = "N",
    }.AtLeast(1L);

    public void AddTo(Command command)
    {
        command.Add(_allowTruncated);
        command.Add(_maxPixels);
    }

    public PictureOptions Of(ParseResult parse, Terminal terminal)
    {
        // Training reads a picture many times.
        var said = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        return new PictureOptions
        {
            AllowTruncated = parse.GetValue(_allowTruncated),
            MaxPixels = Math.Min(parse.GetValue(_maxPixels) ?? PictureOptions.MostPixels, PictureOptions.MostPixels),
            Warn = warning =>
            {
                if (said.TryAdd(warning, true))
                    terminal.Warning(warning);
            },
        };
    }
}
