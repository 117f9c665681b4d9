using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Pictures;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;
using FsCheck.Xunit;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public sealed class BenchmarkRunnerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_item_gets_its_own_pictures_and_captions_scores()
    {
        ChoiceBenchmark benchmark = Choice(pictures: 5, itemsAPicture: 2);
        BrightnessEncoder encoder = new();
        ChoiceScores scores = BenchmarkRunner.Run(
            benchmark,
            [new BrightnessScorer(encoder, "a"), new BrightnessScorer(encoder, "b") { Sign = -1 }],
            new() { BatchItems = 3 }
        );

        Assert.Equal(10, scores.Scores[0].Length);
        for (int i = 0; i < 10; i++)
        {
            double light = Light(i / 2) / 255f;
            Assert.Equal(
                [light * benchmark.Items[i].Options[0].Length, light * benchmark.Items[i].Options[1].Length],
                scores.Scores[0][i].Select(x => Math.Round(x, 5)),
                (a, b) => Math.Abs(a - b) < 1e-4
            );
            Assert.Equal(scores.Scores[0][i].Select(x => -x), scores.Scores[1][i]);
        }
    }

    [Fact]
    public void A_picture_of_several_items_is_encoded_once_a_batch_for_all_scorers()
    {
        BrightnessEncoder encoder = new();
        BenchmarkRunner.Run(
            Choice(4, 3),
            [new BrightnessScorer(encoder, "a"), new BrightnessScorer(encoder, "b")],
            new() { BatchItems = 6 }
        );
        Assert.Equal(4, encoder.Encoded);
    }

    [Fact]
    public void Each_picture_of_an_item_meets_its_captions_which_are_encoded_once()
    {
        ChoiceBenchmark pictures = Choice(3, 1);
        string[] captions = ["a", "bb"];
        MatchItem Item(int first, int second) =>
            new($"{first} {second}", [pictures.Items[first].Image, pictures.Items[second].Image], captions, [true, false, false, true]);
        var benchmark = new MatchBenchmark
        {
            Name = "any",
            Task = MatchTask.Pairs,
            AnnotationFiles = [],
            Items = [Item(0, 1), Item(2, 0)],
        };
        BrightnessEncoder encoder = new();
        MatchScores scores = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")]);
        double Score(int picture, int caption) => Light(picture) / 255f * captions[caption].Length;
        Assert.Equal([Score(2, 0), Score(2, 1), Score(0, 0), Score(0, 1)], scores.Scores[0][1], (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(3, encoder.Encoded);

        File.WriteAllText(pictures.Items[1].Image.Path!, "broken");
        MatchScores kept = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")], new() { SkipMissing = true });
        Assert.Equal("2 0", Assert.Single(kept.Benchmark.Items).Id);
        Assert.Single(kept.Skipped);
    }

    [Fact]
    public void What_takes_every_pair_through_a_network_says_how_many_there_are()
    {
        ChoiceBenchmark choices = Choice(2, 3);
        BrightnessScorer plain = new(new BrightnessEncoder(), "plain"),
            pairs = new(new BrightnessEncoder(), "pairs") { CostOfPair = 250_000_000 };
        PairCost cost = Assert.Single(PairCost.Of(choices, [plain, pairs]));
        Assert.Equal(("pairs", 12), (cost.Scorer, cost.Pairs));
        Assert.Equal("pairs takes every pair through its network: 12 pairs, at most 3 billion multiplications", cost.ToString());
        Assert.Equal(6, Assert.Single(PairCost.Of(SmallBenchmarks.Retrieval(2, 0, 1, 1), [pairs])).Pairs);
    }

    [Fact]
    public void A_stopped_run_goes_on_behind_the_last_batch_and_ends_like_an_unstopped_one()
    {
        ChoiceBenchmark benchmark = Choice(8, 1);
        string log = _folder["scores.jsonl"];
        using var stop = new CancellationTokenSource();
        BrightnessEncoder first = new();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            BenchmarkRunner.Run(
                benchmark,
                [new BrightnessScorer(first, "a")],
                new() { BatchItems = 2, ScoreLog = log },
                new StopAfter(4, stop),
                stop.Token
            )
        );
        File.AppendAllText(log, "{\"item\":5,\"scores\":[\"AAAAAA"); // what a kill leaves

        BrightnessEncoder second = new();
        ChoiceScores resumed = BenchmarkRunner.Run(
            benchmark,
            [new BrightnessScorer(second, "a")],
            new() { BatchItems = 2, ScoreLog = log }
        );
        Assert.Equal(4, second.Encoded);
        ChoiceScores whole = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(new BrightnessEncoder(), "a")]);
        Assert.Equal(whole.Scores[0], resumed.Scores[0]);

        BrightnessEncoder third = new();
        Assert.Equal(
            whole.Scores[0],
            BenchmarkRunner.Run(benchmark, [new BrightnessScorer(third, "a")], new() { ScoreLog = log }).Scores[0]
        );
        Assert.Equal(0, third.Encoded);
    }

    // What a second writer, an older version or a damaged disk may leave between our lines.
    [Fact]
    public void Lines_that_are_not_of_this_run_are_seen_and_not_taken()
    {
        ChoiceBenchmark benchmark = Choice(4, 1);
        string log = _folder["scores.jsonl"],
            other = _folder["other.jsonl"];
        ChoiceScores right = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(new BrightnessEncoder(), "a")], new() { ScoreLog = log });
        BenchmarkRunner.Run(benchmark, [new BrightnessScorer(new BrightnessEncoder(), "b")], new() { ScoreLog = other });
        string[] ours = File.ReadAllLines(log),
            theirs = File.ReadAllLines(other);
        File.WriteAllLines(
            log,
            [
                ours[0],
                ours[1],
                theirs[2],
                theirs[0],
                "{\"item\":1,\"scores\":[\"AACAPwAAgD8=\"]}",
                "not JSON",
                ours[3].Replace("\"item\":2", "\"item\":7", StringComparison.Ordinal),
                ours[3].Replace("\"scores\":[\"", "\"scores\":[\"AAAA", StringComparison.Ordinal),
                ours[3].Replace("\"scores\":[", "\"scores\":[7,", StringComparison.Ordinal),
                ours[3].Replace("\"scores\":[\"", "\"scores\":[\"AACAfw==\",\"", StringComparison.Ordinal),
                ours[4],
            ]
        );

        BrightnessEncoder encoder = new();
        var said = new List<string>();
        var options = new BenchmarkRunOptions { ScoreLog = log, Warn = said.Add };
        ChoiceScores resumed = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")], options);
        Assert.Equal(right.Scores[0], resumed.Scores[0]);
        Assert.Equal(2, encoder.Encoded);
        Assert.Contains("8 lines are not of this run", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_scores_gives_each_back_to_the_bit()
    {
        const int Options = 25_000;
        var random = new Random(7);
        float[][] scores =
        [
            .. Enumerable.Range(0, 2).Select(s => Enumerable.Range(0, Options).Select(_ => (float)(s + random.NextDouble())).ToArray()),
        ];
        using (ScoreLog log = Open((_, _) => { }))
            log.Add(3, scores);
        Assert.InRange(new FileInfo(_folder["scores.jsonl"]).Length, 0, 43L * 2 * Options / 10);
        float[][] found = [];
        using ScoreLog again = Open((item, line) => found = item == 3 ? ScoreLog.Scores(line, 2, Options) : []);
        Assert.Equal(scores, found);

        ScoreLog Open(Action<int, JsonField> take) => new(_folder["scores.jsonl"], "run", take);
    }

    // Of as many captions as are held at a time, a fifth of the pictures are their own.
    [Fact]
    public void A_log_of_retrieval_takes_little_and_gives_ranks_back_to_the_bit()
    {
        const int Pictures = 500,
            Captions = 500;
        RetrievalBenchmark benchmark = new()
        {
            Name = "test",
            AnnotationFiles = [],
            Images = [.. Enumerable.Range(0, Pictures).Select(i => new BenchmarkImage($"{i}.png", null, "x"))],
            Captions = [.. Enumerable.Range(0, Captions).Select(c => new RetrievalCaption($"{c}", c / 5))],
        };
        var random = new Random(7);
        float[][] scores =
        [
            .. Enumerable
                .Range(0, Captions)
                .Select(c => Enumerable.Range(0, Pictures).Select(i => (float)(random.NextDouble() + (i == c / 5 ? 0.4 : 0))).ToArray()),
        ];
        var state = new RankingState(benchmark);
        using (ScoreLog log = new(_folder["scores.jsonl"], "run", (_, _) => { }))
        {
            for (int i = 0; i < Pictures; i++)
            {
                RankedRow row = state.Summarize([.. scores.Select(caption => caption[i])], 0);
                state.Take(i, 0, Captions, row);
                log.Add(i, [row]);
            }
        }

        var expected = RetrievalRanks.Of(benchmark, scores);
        Same(expected, state.Ranks([.. Enumerable.Range(0, Pictures)], [.. Enumerable.Range(0, Captions)]));
        var again = new RankingState(benchmark);
        using ScoreLog whole = new(
            _folder["scores.jsonl"],
            "run",
            (item, line) => again.Take(item, 0, Captions, Assert.Single(ScoreLog.Ranks(line, 1, Captions)))
        );
        Assert.Equal((0, Pictures), (whole.Foreign, whole.Known.Count));
        Same(expected, again.Ranks([.. Enumerable.Range(0, Pictures)], [.. Enumerable.Range(0, Captions)]));
        // All scores would take four times as much.
        Assert.InRange(new FileInfo(_folder["scores.jsonl"]).Length, 0, 11L * Captions * Pictures / 10);
    }

    [Property(MaxTest = 200)]
    public void Ranks_are_those_of_all_scores_in_whatever_order_pictures_come(int seed)
    {
        var random = new Random(seed);
        int pictures = random.Next(1, 30),
            captions = random.Next(1, 60),
            chunk = random.Next(1, captions + 1),
            levels = random.Next(1, 60);
        RetrievalBenchmark benchmark = new()
        {
            Name = "test",
            AnnotationFiles = [],
            Images = [.. Enumerable.Range(0, pictures).Select(i => new BenchmarkImage($"{i}.png", null, "x"))],
            Captions = [.. Enumerable.Range(0, captions).Select(c => new RetrievalCaption($"{c}", random.Next(pictures)))],
        };
        // With many ties.
        float[][] scores =
        [
            .. Enumerable.Range(0, captions).Select(_ => Enumerable.Range(0, pictures).Select(_ => (float)random.Next(levels)).ToArray()),
        ];
        int[] kept = [.. Enumerable.Range(0, pictures).Where(i => i == 0 || random.Next(5) > 0)];
        int[] keptCaptions = [.. Enumerable.Range(0, captions).Where(c => kept.Contains(benchmark.Captions[c].Image))];
        var state = new RankingState(benchmark);
        for (int first = 0; first < captions; first += chunk)
        {
            int length = Math.Min(chunk, captions - first);
            int[] order = [.. kept];
            random.Shuffle(order);
            foreach (int image in order)
            {
                RankedRow row = state.Summarize([.. scores.Skip(first).Take(length).Select(caption => caption[image])], first);
                Assert.True(state.Fits(row, first, length));
                state.Take(image, first, length, row);
            }
        }

        RetrievalBenchmark left = benchmark with
        {
            Images = [.. kept.Select(i => benchmark.Images[i])],
            Captions =
            [
                .. keptCaptions.Select(c => benchmark.Captions[c] with { Image = Array.IndexOf(kept, benchmark.Captions[c].Image) }),
            ],
        };
        if (keptCaptions.Length > 0)
        {
            Same(
                RetrievalRanks.Of(left, [.. keptCaptions.Select(c => kept.Select(i => scores[c][i]).ToArray())]),
                state.Ranks(kept, keptCaptions)
            );
        }
    }

    /// <summary>As far as recalls look.</summary>
    private static void Same(RetrievalRanks expected, RetrievalRanks found)
    {
        Assert.Equal(expected.Own, found.Own);
        Assert.Equal(expected.Texts, found.Texts);
        foreach ((QueryRank? one, QueryRank? other) in expected.Images.Zip(found.Images))
        {
            if (one is { Higher: >= RankSteps.Deepest })
                Assert.InRange(other!.Value.Higher, RankSteps.Deepest, int.MaxValue);
            else
                Assert.Equal(one, other);
        }
    }

    [Theory]
    [InlineData("scorer")]
    [InlineData("text")]
    [InlineData("items")]
    public void Scores_of_another_run_are_not_gone_on_with(string change)
    {
        string log = _folder["scores.jsonl"];
        ChoiceBenchmark benchmark = Choice(3, 1);
        BenchmarkRunner.Run(benchmark, [new BrightnessScorer(new BrightnessEncoder(), "a")], new() { ScoreLog = log });

        BrightnessEncoder encoder = new();
        BenchmarkRunner.Run(
            change == "items" ? benchmark with { Items = [.. benchmark.Items.Skip(1)] } : benchmark,
            [new BrightnessScorer(encoder, change == "scorer" ? "b" : "a")],
            new() { ScoreLog = log, TextName = change == "text" ? "other" : "as published" }
        );
        Assert.Equal(change == "items" ? 2 : 3, encoder.Encoded);
    }

    [Fact]
    public void Embeddings_on_disk_are_used_and_a_damaged_one_is_made_anew()
    {
        ChoiceBenchmark benchmark = Choice(4, 1);
        var options = new BenchmarkRunOptions { Cache = new EmbeddingCache(_folder["cache"]) };
        BrightnessEncoder first = new(),
            second = new(),
            third = new();
        double[][] scores = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(first, "a")], options).Scores[0];
        Assert.Equal(scores, BenchmarkRunner.Run(benchmark, [new BrightnessScorer(second, "a")], options).Scores[0]);
        Assert.Equal((4, 0), (first.Encoded, second.Encoded));

        string file = Directory.EnumerateFiles(_folder["cache"], "*", SearchOption.AllDirectories).Order().First();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(scores, BenchmarkRunner.Run(benchmark, [new BrightnessScorer(third, "a")], options).Scores[0]);
        Assert.Equal(1, third.Encoded);
    }

    [Fact]
    public void A_pooled_entry_does_not_serve_a_scorer_that_reads_tokens()
    {
        ChoiceBenchmark benchmark = Choice(2, 1);
        var options = new BenchmarkRunOptions { Cache = new EmbeddingCache(_folder["cache"]) };
        BrightnessEncoder first = new(),
            second = new(),
            third = new();
        BenchmarkRunner.Run(benchmark, [new BrightnessScorer(first, "a")], options);
        BenchmarkRunner.Run(benchmark, [new BrightnessScorer(second, "a") { TextTokens = 7 }], options);
        BenchmarkRunner.Run(benchmark, [new BrightnessScorer(third, "a"), new BrightnessScorer(third, "b") { TextTokens = 9 }], options);
        Assert.Equal((2, 2, 0), (first.Encoded, second.Encoded, third.Encoded));
    }

    [Fact]
    public void A_broken_picture_is_an_error_that_names_the_row_or_is_skipped_and_listed()
    {
        ChoiceBenchmark benchmark = Choice(3, 1);
        File.WriteAllText(benchmark.Items[1].Image.Path!, "<html>");
        BrightnessEncoder encoder = new();

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")])
        );
        Assert.Contains("items.csv, line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains(benchmark.Items[1].Image.Path!, error.Message, StringComparison.Ordinal);

        ChoiceScores scores = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")], new() { SkipMissing = true });
        Assert.Equal(["item 0", "item 2"], scores.Benchmark.Items.Select(i => i.Id));
        Assert.Equal(2, scores.Scores[0].Length);
        Assert.Contains("items.csv, line 3", Assert.Single(scores.Skipped), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_score_that_is_no_number_is_an_error_that_names_item_and_option(float score)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            BenchmarkRunner.Run(Choice(2, 1), [new BrightnessScorer(new BrightnessEncoder(), "bad") { Poison = score }])
        );
        Assert.Contains("bad's score of option 1 of item 'item 0'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_rewritten_for_those_who_ask()
    {
        BrightnessEncoder encoder = new();
        ChoiceScores scores = BenchmarkRunner.Run(
            Choice(1, 1),
            [new BrightnessScorer(encoder, "plain"), new BrightnessScorer(encoder, "twice")],
            new() { Text = (scorer, text) => scorer.Name == "twice" ? text + text : text }
        );
        Assert.Equal(scores.Scores[0][0].Select(x => 2 * x), scores.Scores[1][0], (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Retrieval_scores_every_caption_with_every_picture_and_goes_on_when_stopped(int batch)
    {
        RetrievalBenchmark benchmark = Retrieval(5);
        using var stop = new CancellationTokenSource();
        BrightnessEncoder encoder = new();
        var options = new BenchmarkRunOptions { BatchItems = batch, ScoreLog = _folder["log"] };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")], options, new StopAfter(1, stop), stop.Token)
        );

        RetrievalRanks ranks = BenchmarkRunner.Run(benchmark, [new BrightnessScorer(encoder, "a")], options).Ranks[0];
        Assert.Equal(5, encoder.Encoded);
        float[][] scores =
        [
            .. benchmark.Captions.Select(caption => Enumerable.Range(0, 5).Select(i => Light(i) / 255f * caption.Text.Length).ToArray()),
        ];
        Same(RetrievalRanks.Of(benchmark, scores), ranks);

        // A line that is missing among the others is scored anew, with those that follow from it.
        List<string> lines = [.. File.ReadAllLines(_folder["log"])];
        lines.RemoveAt(2);
        File.WriteAllLines(_folder["log"], lines);
        BrightnessEncoder other = new();
        var said = new List<string>();
        Same(ranks, BenchmarkRunner.Run(benchmark, [new BrightnessScorer(other, "a")], options with { Warn = said.Add }).Ranks[0]);
        Assert.Equal(4, other.Encoded);
        Assert.Contains("3 lines are not of this run", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void Retrieval_leaves_a_broken_picture_out_with_its_captions()
    {
        RetrievalBenchmark benchmark = Retrieval(4);
        File.WriteAllBytes(benchmark.Images[1].Path!, []);
        RetrievalScores scores = BenchmarkRunner.Run(
            benchmark,
            [new BrightnessScorer(new BrightnessEncoder(), "a")],
            new() { SkipMissing = true }
        );
        Assert.Equal(3, scores.Benchmark.Images.Count);
        Assert.Equal([0, 0, 1, 1, 2, 2], scores.Benchmark.Captions.Select(c => c.Image));
        // Whoever is brighter stands before.
        Assert.Equal(Light(2) / 255f * scores.Benchmark.Captions[2].Text.Length, scores.Ranks[0].Own[2], 1e-4f);
        Assert.Equal([3, 3, 2, 2, 1, 1], scores.Ranks[0].Places);
        Assert.Single(scores.Skipped);
    }

    private static byte Light(int picture) => (byte)(40 + (picture * 20));

    private BenchmarkImage Picture(int picture, int line)
    {
        const int Side = 40;
        string path = _folder[$"{picture}.png"];
        byte[] pixels = new byte[3 * Side * Side];
        Array.Fill(pixels, Light(picture));
        if (!File.Exists(path))
            PictureFile.WritePng(path, pixels, Side, Side);
        return new BenchmarkImage($"{picture}.png", path, $"items.csv, line {line}");
    }

    private ChoiceBenchmark Choice(int pictures, int itemsAPicture) =>
        new()
        {
            Name = "test",
            AnnotationFiles = [],
            Items =
            [
                .. Enumerable
                    .Range(0, pictures * itemsAPicture)
                    .Select(i => new ChoiceItem(
                        $"item {i}",
                        Picture(i / itemsAPicture, i + 2),
                        [new string('a', 3 + i), new string('b', 7 + (2 * i))],
                        0
                    )),
            ],
        };

    private RetrievalBenchmark Retrieval(int pictures) =>
        new()
        {
            Name = "test",
            AnnotationFiles = [],
            Images = [.. Enumerable.Range(0, pictures).Select(i => Picture(i, i + 2))],
            Captions = [.. Enumerable.Range(0, 2 * pictures).Select(c => new RetrievalCaption(new string('c', 2 + c), c / 2))],
        };

    private sealed class StopAfter(int items, CancellationTokenSource stop) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.Done >= items)
                stop.Cancel();
        }
    }

    /// <summary>A picture is its brightness, a text its length.</summary>
    private sealed class BrightnessEncoder : IEncoder
    {
        private int _encoded;

        public int Encoded => _encoded;

        public string Name => "brightness";

        public string Fingerprint => "sha256:brightness";

        public string Preprocessing => "none";

        public int ImageSize => 8;

        public int ImageTokens => 3;

        public int ContextLength => 12;

        public RgbImage Open(string path) => RgbImage.Load(path);

        public RgbImage Prepare(RgbImage picture) => new ClipPreprocessor(ImageSize).Crop(picture);

        public ImageEncoding EncodeRgb(ReadOnlyMemory<byte> rgb, int count)
        {
            _encoded += count;
            float[] light = [.. Enumerable.Range(0, count).Select(i => rgb.Span[i * 3 * ImageSize * ImageSize] / 255f)];
            return new ImageEncoding(
                new TokenEmbeddings([.. light.SelectMany(x => new[] { x, x, x })], count, 3, 1),
                new TokenEmbeddings(light, count, 1, 1)
            );
        }

        public ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens) =>
            new(
                new TokenEmbeddings(new float[texts.Count * textTokens], texts.Count, textTokens, 1),
                new TokenEmbeddings([.. texts.Select(t => (float)t.Length)], texts.Count, 1, 1),
                [.. texts.Select(t => FakeEncoder.Tokenize(t, textTokens))]
            );
    }

    private sealed class BrightnessScorer(IEncoder encoder, string name) : IScorer
    {
        public string Name => name;

        public IEncoder Encoder => encoder;

        public int TextTokens { get; init; }

        public float Sign { get; init; } = 1;

        public long CostOfPair { get; init; }

        public float? Poison { get; init; }

        public IReadOnlyDictionary<string, string> Description => new Dictionary<string, string> { ["method"] = name };

        public float[,] Score(ImageEncoding images, TextEncoding captions)
        {
            if (TextTokens > 0)
            {
                Assert.Equal(TextTokens, captions.Tokens.Tokens);
                Assert.Equal(3, images.Tokens.Tokens);
            }

            float[,] scores = new float[images.Pooled.Count, captions.Pooled.Count];
            for (int i = 0; i < images.Pooled.Count; i++)
            {
                for (int c = 0; c < captions.Pooled.Count; c++)
                    scores[i, c] = Sign * images.Pooled[i][0] * captions.Pooled[c][0];
            }

            if (Poison is { } poison)
                scores[0, 1] = poison;
            return scores;
        }
    }
}
