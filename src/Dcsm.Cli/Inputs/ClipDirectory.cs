using Dcsm.Clip.Hub;

namespace Dcsm.Cli.Inputs;

/// <summary>What a person may name as a CLIP: nothing, a directory, or a model that was pulled from a hub.</summary>
internal static class ClipDirectory
{
    public static string Of(string? name)
    {
        if (name is null)
            return ShippedFiles.Clip;
        if (Path.Exists(name) || name.Count(c => c == '/') != 1 || Path.IsPathRooted(name) || name.StartsWith('.'))
            return name;
        try
        {
            using var hub = new HubClient();
            return hub.Find(name)
                ?? throw new DirectoryNotFoundException(
                    $"{name}: there is no such directory, nor a model of that name in the cache; 'dcsm clip pull {name}' fetches one."
                );
        }
        catch (ArgumentException)
        {
            return name; // no model's name either; opening it says what is wrong
        }
    }
}
