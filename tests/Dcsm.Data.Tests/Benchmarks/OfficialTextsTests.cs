using System.Text.Json;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

public sealed class OfficialTextsTests
{
    [Fact]
    public void All_worked_cases_come_out()
    {
        JsonElement[] cases = [.. Fixture.Json("text_rewrites.json").GetProperty("cases").EnumerateArray()];
        Assert.Equal(40, cases.Length);
        foreach (JsonElement item in cases)
        {
            string data = item.GetProperty("dataset").GetString()!;
            string caption = item.GetProperty("caption_in_file").GetString()!;
            // Both ways of naming a benchmark.
            string ours = BenchmarkCatalog.All.Select(reader => reader.Name).Single(name => OfficialTexts.OfficialName(name) == data);
            foreach (string name in (string[])[data, ours])
            {
                Assert.Equal(item.GetProperty("after_the_loader").GetString(), OfficialTexts.Load(name, caption));
                Assert.Equal(item.GetProperty("text_of_baselines").GetString(), OfficialTexts.ForBaselines(name, caption));
                Assert.Equal(item.GetProperty("text_of_dcsm").GetString(), OfficialTexts.ForDcsm(name, caption));
            }
        }
    }

    [Fact]
    public void The_official_results_have_fourteen_columns() =>
        Assert.Equal(14, BenchmarkCatalog.All.Count(reader => OfficialTexts.OfficialName(reader.Name) is not null));

    [Fact]
    public void Other_benchmarks_get_no_prefix() => Assert.Equal("a dog on a mat", OfficialTexts.ForDcsm("vg-relation", "a dog on a mat"));
}
