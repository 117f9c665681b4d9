using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;

namespace Dcsm.Tests;

/// <summary>Numbers of the reference programs.</summary>
internal static class Goldens
{
    internal static string Path(params string[] parts) => GoldenFiles.Path(parts);

    internal static string Official(string file) => Path("official-dcsm", file);

    internal static float[] Tensor(string file, string name)
    {
        using var tensors = SafetensorsFile.Open(Official(file));
        return tensors.ReadFloat32(name);
    }

    internal static double MaxDifference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double most = 0.0;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.False(float.IsNaN(actual[i]), $"value {i} is NaN");
            most = Math.Max(most, Math.Abs((double)expected[i] - actual[i]));
        }
        return most;
    }

    /// <summary>The head of <c>head_formula.json</c>, 197 × 30, with given rows.</summary>
    internal static DcsmHead FormulaHead(MapStandardization standardization = MapStandardization.PerMap)
    {
        DcsmConfig config = TestHeads.Config(197, 30, 512, 4, 128) with { Standardization = standardization };
        return new DcsmHead(
            config,
            FormulaTensors.Read(Official("head_formula.json")).Head(Tensor("functional_rows.safetensors", "functional_rows"))
        );
    }
}
