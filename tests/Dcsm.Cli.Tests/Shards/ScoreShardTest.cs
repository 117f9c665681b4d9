using Dcsm.Cli.Inputs;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Pairs;
using Dcsm.IO.Shards;
using FsCheck;
using FsCheck.Xunit;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>Parts of scores, joined, are the scores: whatever their number, their order, and how often each was made.</summary>
public sealed class ScoreShardTest
{
    private static readonly ScoreSource Source = new("clip", "sha256:0", ClipPrecision.Float32, "head", null)
    {
        Orientation = PictureOrientation.Applied,
    };

    [Property(MaxTest = 30)]
    public void Parts_of_any_number_in_any_order_make_the_same_file(byte[] pictures, PositiveInt count, int seed, bool pairs, bool listed)
    {
        using var folder = new TemporaryFolder();
        // Some pictures are broken, but never all.
        string[] names = [.. pictures.Append((byte)1).Select(picture => $"{picture % 40}.png")];
        ScoreInput whole = pairs
            ? ScoreInput.Pairs("pairs.csv", [.. names.Select((name, i) => Pair(name, i))])
            : ScoreInput.Grid(names, ["a dog", "ein \"Hund\", 犬\u2028", "a cat"], null);
        var broken = whole
            .Pictures.Distinct()
            .Where(picture => picture[0] == '3')
            .ToDictionary(picture => picture, picture => $"{picture}: is broken", StringComparer.Ordinal);
        var shards = new Random(seed);
        int number = 1 + ((count.Get - 1) % 12);
        int[] order = [.. Enumerable.Range(1, number).Concat(Enumerable.Range(1, number).Where(_ => shards.Next(3) == 0))];
        shards.Shuffle(order);
        foreach (int one in order)
            Make(folder["parts"], new Shard(one, number), whole, broken, listed);

        var terminal = new Terminal(quiet: true, json: false, verbose: false);
        foreach (string format in new[] { "csv", "json" })
        {
            ScoreWriter.Deliver(
                Scores(whole, broken),
                Source,
                true,
                format,
                folder[$"plain.{format}"],
                terminal,
                Layout(whole, broken) with
                {
                    AnyTruncated = true,
                    Skipped = listed || broken.Count > 0 ? () => whole.Without(broken).Skipped : null,
                }
            );
            ScoreMerge.Write(ShardFolder.ReadAll(folder["parts"]), folder[$"merged.{format}"], terminal, CancellationToken.None);
            Assert.Equal(File.ReadAllText(folder[$"plain.{format}"]), File.ReadAllText(folder[$"merged.{format}"]));
        }
    }

    private static void Make(string directory, Shard shard, ScoreInput whole, Dictionary<string, string> broken, bool listed)
    {
        var part = new ScoreShard(directory, shard, whole) { ListsSkipped = listed };
        var terminal = new Terminal(quiet: true, json: false, verbose: false);
        if (part.Begin(new Dictionary<string, string> { ["model"] = "m" }, cosines: true, softmax: false, terminal))
            part.Write(Scores(part.Input, broken), Source, cosine: true, Layout(part.Input, broken) with { AnyTruncated = true }, broken);
    }

    private static ScoreLayout Layout(ScoreInput input, Dictionary<string, string> broken) =>
        new()
        {
            HasCalibration = true,
            OtherColumns = input.OtherColumns,
            Skipped = () => input.Without(broken).Skipped,
        };

    // What a model would say: of picture and caption alone, with all digits.
    private static IEnumerable<ScoredPair> Scores(ScoreInput input, Dictionary<string, string> broken)
    {
        for (long i = 0; i < input.Count; i++)
        {
            string image = input.ImageOf(i);
            if (broken.ContainsKey(image))
                continue;
            ScoredPair pair = input.Join(i, 0, null, ["a cat"]);
            float score = MathF.Sin((image + pair.Caption).Sum(c => c * 31));
            yield return pair with
            {
                Score = pair.Truncated == true ? float.NaN : score,
                Cosine = score / 3,
                Probability = score > 0 ? Math.Exp(-score) : null,
                NotJudged = score > 0 ? null : "holds a word that was never read",
            };
        }
    }

    private static ImageCaptionPair Pair(string image, int row) =>
        new(row + 2, "./" + image, image, row % 3 == 0 ? "a cat" : $"caption {row}", [KeyValuePair.Create("note", $"=n\"{row}")]);
}
