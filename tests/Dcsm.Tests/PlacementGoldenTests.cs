using System.Text.Json;
using Dcsm.FunctionalWords;
using Dcsm.Maps;

namespace Dcsm.Tests;

public class PlacementGoldenTests
{
    private const int Columns = 30;

    [Theory]
    [InlineData("run_evals", RowPlacement.Official)]
    [InlineData("train", RowPlacement.Official)]
    [InlineData("eval_simple", RowPlacement.OfficialNotebook)]
    public void Rows_stand_where_the_official_code_puts_them(string variant, RowPlacement placement)
    {
        int count = 0;
        foreach (JsonElement golden in Goldens.Json("official-dcsm", "placement.json").EnumerateArray())
        {
            string text = golden.GetProperty("text").GetString()!;
            ColumnLayout layout = FunctionalWordList.Official.Layout(WordTokens.Tokenize(text, Columns), placement);
            IEnumerable<string> found = layout.Rows.Zip(layout.Tokens, Shown);
            // From column 30 on the official program fails; up to there it is the same.
            IEnumerable<string> expected = golden.GetProperty(variant).GetProperty("columns").EnumerateArray().Take(Columns).Select(Shown);
            Assert.Equal(expected, found);
            count++;
        }
        Assert.Equal(49, count);
    }

    private static string Shown(int row, int token) => row < 0 ? $"{token}" : FunctionalWordList.Official.Words[row];

    private static string Shown(JsonElement column) => column.ValueKind == JsonValueKind.String ? column.GetString()! : column.GetRawText();
}
