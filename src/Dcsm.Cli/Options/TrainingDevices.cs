using Dcsm.Cli.Output;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Options;

/// <summary>The device that <c>--device</c> names.</summary>
internal static class TrainingDevices
{
    /// <summary>Chooses the device until what is returned is disposed, and says so where it is not the processor.</summary>
    public static TrainingDeviceScope Use(string name, Terminal terminal)
    {
        var scope = TrainingDeviceScope.Use(Enum.Parse<TrainingDevice>(name, ignoreCase: true));
        if (TrainingDeviceScope.Current != "cpu")
            terminal.Remark($"training on {TrainingDeviceScope.Current}");
        return scope;
    }
}
