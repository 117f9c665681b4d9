using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using Dcsm.Cli.Inputs;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Cli.Tests.Inputs;

/// <summary>The filter: as many lines out as in, in their order, at once, and no more in than are asked for.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class PipedScoresTest(TinyModels models)
{
    [Fact]
    public void Each_line_has_its_scores_or_its_error()
    {
        string name = JsonSerializer.Serialize(models.Picture),
            content = Convert.ToBase64String(File.ReadAllBytes(models.Picture));
        string[] lines =
        [
            $$"""{"id": "a", "image": {{name}}, "caption": "a red apple"}""",
            "no JSON",
            "",
            $$"""{"id": [1, 2], "image": "nowhere.png", "captions": ["a cat", "a dog"]}""",
            $$"""{"bytes": "{{content}}", "captions": ["a red apple", "a cat"]}""",
            """{"bytes": "no picture!", "caption": "a cat"}""",
            """{"caption": "a cat"}""",
            $$"""{"image": {{name}}, "captions": []}""",
            $$"""{"image": {{name}}}""",
        ];
        string[] score = ["score", "--stdin", "--cosine", "--clip", models.Clip, "--head", models.Head];
        CliResult run = Cli.RunWithInput(string.Join('\n', lines), null, score).Succeeds();
        JsonElement[] answers = [.. run.Out.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal([1, 2, 4, 5, 6, 7, 8, 9], answers.Select(answer => answer.GetProperty("line").GetInt32()));
        Assert.Contains("8 lines, 6 of them with an error", run.Error, StringComparison.Ordinal);

        JsonElement plain = Cli.Run(
                "score",
                models.Picture,
                "-c",
                "a red apple",
                "-c",
                "a cat",
                "--cosine",
                "--json",
                "--clip",
                models.Clip,
                "--head",
                models.Head
            )
            .Succeeds()
            .Json()
            .GetProperty("scores");
        float Score(JsonElement one, string what = "score") => one.GetProperty(what).GetSingle();
        Assert.Equal(Score(plain[0]), Score(answers[0]));
        Assert.Equal(Score(plain[0], "cosine"), Score(answers[0], "cosine"), 6);
        Assert.Equal("a", answers[0].GetProperty("id").GetString());
        Assert.Equal([Score(plain[0]), Score(plain[1])], answers[3].GetProperty("scores").EnumerateArray().Select(one => Score(one)));
        Assert.Equal("[1,2]", answers[2].GetProperty("id").GetRawText());
        string[] errors = [.. answers.Where((_, i) => i is not (0 or 3)).Select(answer => answer.GetProperty("error").GetString()!)];
        string[] parts =
        [
            "standard input, line 2, column 2: not JSON",
            "nowhere.png: there is no such file",
            "line 6, field bytes: expected the content of a picture in base64",
            "line 7: has neither image",
            "line 8, field captions: the list has no items",
            "line 9: has neither caption nor captions",
        ];
        for (int i = 0; i < parts.Length; i++)
            Assert.Contains(parts[i], errors[i], StringComparison.Ordinal);

        Cli.RunWithInput("{}", null, [.. score, models.Picture]).FailsWith("--stdin brings its own pictures");
        string cosine = Cli.RunWithInput(lines[0], null, "score", "--stdin", "--clip", models.Clip, "--head", "none").Succeeds().Out;
        Assert.Equal(Score(plain[0], "cosine"), Score(JsonDocument.Parse(cosine).RootElement), 6);
    }

    [Fact]
    public async Task An_answer_comes_before_the_next_line_and_lines_wait_for_who_reads_the_answers()
    {
        using var clip = ClipModel.Load(models.Clip);
        using var scorer = new DcsmScorer(clip, DcsmHead.Load(models.Head));
        using AnonymousPipeServerStream input = new(PipeDirection.Out),
            output = new(PipeDirection.In);
        using AnonymousPipeClientStream inside = new(PipeDirection.In, input.ClientSafePipeHandle),
            outside = new(PipeDirection.Out, output.ClientSafePipeHandle);
        var piped = new PipedScores(clip, scorer, ["a cat"], cosines: false);
        var run = Task.Run(() => piped.Run(inside, outside, CancellationToken.None));
        byte[] line = Encoding.UTF8.GetBytes(
            $"{{\"image\": {JsonSerializer.Serialize(models.Picture)}, \"id\": \"{new string('x', 4000)}\"}}\n"
        );
        using var answers = new StreamReader(output);
        for (int i = 0; i < 3; i++)
        {
            await input.WriteAsync(line);
            Assert.Contains("\"scores\":[{\"caption\":\"a cat\"", await answers.ReadLineAsync(), StringComparison.Ordinal);
        }

        // Pipes hold 64 KiB, and what waits inside is bounded: whoever writes must stop long before the end.
        const int Many = 2000;
        int written = 0;
        var writing = Task.Run(() =>
        {
            for (; written < Many; written++)
                input.Write(line);
            input.Dispose();
        });
        Assert.NotSame(writing, await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(2))));
        Assert.InRange(Volatile.Read(ref written), 1, 300);
        int got = 0;
        while (got < Many && await answers.ReadLineAsync() is not null)
            got++;
        await writing;
        await run;
        Assert.Equal(Many, got);
        Assert.Equal((Many + 3, 0), (piped.Lines, piped.Errors));
    }
}
