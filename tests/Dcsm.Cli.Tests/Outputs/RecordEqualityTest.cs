using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dcsm.Cli.Tests.Outputs;

/// <summary>A public record that holds an array would compare places in memory, unless it says how it compares.</summary>
public sealed class RecordEqualityTest
{
    [Fact]
    public void Records_with_arrays_compare_their_content()
    {
        string[] rooms =
        [
            "Dcsm.Numerics",
            "Dcsm.IO",
            "Dcsm.Clip",
            "Dcsm",
            "Dcsm.Data",
            "Dcsm.Training",
            "Dcsm.Evaluation",
            "Dcsm.Reporting",
        ];
        IEnumerable<Type> records = rooms
            .SelectMany(room => Assembly.Load(room).GetExportedTypes())
            .Where(type => type.GetMethod("<Clone>$") is not null && type.GetProperties().Any(property => property.PropertyType.IsArray));
        Assert.DoesNotContain(records, type => type.GetMethod("Equals", [type])!.IsDefined(typeof(CompilerGeneratedAttribute)));
    }
}
