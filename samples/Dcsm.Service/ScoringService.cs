using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Extensions.AI;
using Dcsm.Models.Small;
using Dcsm.Scoring;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Dcsm.Service;

/// <summary>
/// Scores an upload with captions over HTTP: limits of bytes, pixels and captions, a time limit, a queue that all requests share.
/// </summary>
public static class ScoringService
{
    private const int MostBytes = 10 << 20,
        MostPixels = 50_000_000,
        MostCaptions = 64,
        MostLetters = 1000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // What a person gets who opens the address.
    private const string Page = """
        Scores a picture (at most 10 MB) with captions (at most 64), and tells how likely each is true of it:

          curl -F picture=@photo.png -F "caption=a red teapot and a blue car" -F "caption=a blue teapot and a red car" ADDRESS/score

        400 says what is wrong with the picture or the captions, 413 that the upload is too large, 503 that too many wait already.
        """;

    /// <summary>The service, ready to run.</summary>
    /// <param name="args">
    /// Those of ASP.NET Core (<c>--urls</c>), <c>--clip DIR --head DIR</c> for other models than the small ones, <c>--queue N</c>, and
    /// <c>--telemetry true</c> to print activities and meters.
    /// </param>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
        ConfigurationManager configuration = builder.Configuration;
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = MostBytes);
        builder.Services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = MostBytes);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswerJson.Default));
        builder.Services.AddDcsm(options =>
        {
            options.ClipDirectory = configuration["clip"] ?? SmallModel.ClipDirectory;
            options.HeadDirectory = configuration["head"] ?? SmallModel.HeadDirectory;
            options.Scorer = new DcsmScorerOptions
            {
                ConcurrentRuns = 1,
                QueueLength = configuration.GetValue("queue", 256),
                Clip = new ClipOptions { Pictures = new PictureOptions { MaxPixels = MostPixels } },
            };
        });
        if (configuration.GetValue("telemetry", false))
        {
            builder
                .Services.AddOpenTelemetry()
                // With the requests, for what is part of one that is not recorded is not, either.
                .WithTracing(tracing => tracing.AddSource("Microsoft.AspNetCore", DcsmTelemetry.Name).AddConsoleExporter())
                .WithMetrics(metrics => metrics.AddMeter(DcsmTelemetry.Name).AddConsoleExporter());
        }
        WebApplication app = builder.Build();
        // Opened before the first request, so that a wrong directory ends the program and nobody waits for weights.
        app.Services.GetRequiredService<DcsmScorer>();
        app.MapGet("/", () => Page);
        app.MapPost("/score", ScoreAsync).DisableAntiforgery();
        return app;
    }

    private static async Task<IResult> ScoreAsync(HttpRequest request, DcsmScorer scorer, CancellationToken aborted)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        limited.CancelAfter(Limit);
        try
        {
            if (!request.HasFormContentType)
                return Problem(StatusCodes.Status400BadRequest, "A form was meant, with a file 'picture' and a field 'caption' or more.");
            IFormCollection form = await request.ReadFormAsync(limited.Token);
            string[] captions = [.. form["caption"].Select(caption => caption ?? "")];
            if (form.Files["picture"] is not { } file || captions.Length == 0)
                return Problem(StatusCodes.Status400BadRequest, "The form needs a file 'picture' and a field 'caption' or more.");
            if (captions.Length > MostCaptions || captions.Any(caption => caption.Length > MostLetters))
                return Problem(StatusCodes.Status400BadRequest, $"At most {MostCaptions} captions of {MostLetters} letters are scored.");
            await using Stream content = file.OpenReadStream();
            ImageSource picture = await ImageSource.FromStreamAsync(content, "picture", MostBytes, limited.Token);
            IReadOnlyList<CaptionScore> scores = await scorer.ScoreAsync(picture, captions, limited.Token);
            ScoreAnswer[] answers =
            [
                .. scores.Select(score => new ScoreAnswer(score.Caption, score.Logit, score.Probability, score.Truncated)),
            ];
            return Results.Json(answers, AnswerJson.Default.ScoreAnswerArray);
        }
        catch (BadHttpRequestException e)
        {
            return Problem(e.StatusCode, e.Message);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return Problem(StatusCodes.Status400BadRequest, e.Message);
        }
        catch (QueueFullException e)
        {
            request.HttpContext.Response.Headers.RetryAfter = "1";
            return Problem(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, $"It took longer than {Limit.TotalSeconds} seconds.");
        }
    }

    private static IResult Problem(int status, string message) => Results.Text(message + "\n", statusCode: status);
}
