using System.Globalization;
using System.Text.Json;

namespace Dcsm.Conformance.Tests;

public sealed class FormulaTensorsTests
{
    [Fact]
    public void Formula_gives_the_test_vectors_to_the_bit()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Path("clip-full", "formula_test_vectors.json")));
        foreach (JsonElement vector in json.RootElement.GetProperty("vectors").EnumerateArray())
        {
            string[] bits = vector.GetProperty("first_bits").EnumerateArray().Select(bit => bit.GetString()!).ToArray();
            float[] values = FormulaTensors.Values(
                vector.GetProperty("name").GetString()!,
                bits.Length,
                vector.GetProperty("scale").GetDouble(),
                vector.GetProperty("offset").GetDouble()
            );
            Assert.Equal(
                bits,
                values.Select(value => $"0x{BitConverter.SingleToUInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture)}")
            );
        }
    }
}
