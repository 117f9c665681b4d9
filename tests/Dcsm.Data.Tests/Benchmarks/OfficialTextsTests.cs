using System.Text.Json;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

public sealed class OfficialTextsTests
{
    // What comes out is compared by Dcsm.Conformance, under the official names.
    [Fact]
    public void Both_ways_of_naming_a_benchmark_give_the_same_texts()
    {
        JsonElement[] cases = [.. Fixture.Json("text_rewrites.json").GetProperty("cases").EnumerateArray()];
        Assert.Equal(40, cases.Length);
        foreach (JsonElement item in cases)
        {
            string official = item.GetProperty("dataset").GetString()!;
            string caption = item.GetProperty("caption_in_file").GetString()!;
            string ours = BenchmarkCatalog.All.Select(reader => reader.Name).Single(name => OfficialTexts.OfficialName(name) == official);
            Assert.Equal(OfficialTexts.Load(official, caption), OfficialTexts.Load(ours, caption));
            Assert.Equal(OfficialTexts.ForBaselines(official, caption), OfficialTexts.ForBaselines(ours, caption));
            Assert.Equal(OfficialTexts.ForDcsm(official, caption), OfficialTexts.ForDcsm(ours, caption));
        }
    }

    [Fact]
    public void The_official_results_have_fourteen_columns() =>
        Assert.Equal(14, BenchmarkCatalog.All.Count(reader => OfficialTexts.OfficialName(reader.Name) is not null));

    [Fact]
    public void Other_benchmarks_get_no_prefix() => Assert.Equal("a dog on a mat", OfficialTexts.ForDcsm("vg-relation", "a dog on a mat"));
}
