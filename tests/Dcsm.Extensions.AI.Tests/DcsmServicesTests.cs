using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Scoring;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dcsm.Extensions.AI.Tests;

public sealed class DcsmServicesTests : IAsyncDisposable
{
    private static readonly string Picture = Repository.Path("data/samples/color.png");
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;

    public DcsmServicesTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(_log);
        services.AddDcsm(options =>
        {
            options.ClipDirectory = Repository.Path("data/clip-small");
            options.HeadDirectory = Repository.Path("data/head-small");
        });
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task One_scorer_for_all_is_disposed_of_with_the_container()
    {
        DcsmScorer scorer = _services.GetRequiredService<DcsmScorer>();
        Assert.Same(scorer, _services.GetRequiredService<DcsmScorer>());
        IReadOnlyList<CaptionScore> scores = await scorer.ScoreAsync(
            Picture,
            ["a red teapot and a blue car", "a blue teapot and a red car"]
        );
        Assert.True(scores[0].Logit > scores[1].Logit);
        Assert.Contains(_log.Lines, line => line.StartsWith("Information: Opened", StringComparison.Ordinal));
        await _services.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => scorer.Score(Picture, ["a"]));
    }

    [Fact]
    public void A_caption_that_is_cut_is_in_the_log()
    {
        CaptionSet captions = _services.GetRequiredService<DcsmScorer>().Encode([string.Concat(Enumerable.Repeat("a red car and ", 30))]);
        Assert.True(captions.IsTruncated(0));
        Assert.Contains(
            _log.Lines,
            line => line.StartsWith("Warning: ", StringComparison.Ordinal) && line.Contains("not read", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Texts_and_pictures_are_embedded_as_by_the_CLIP()
    {
        ClipModel clip = _services.GetRequiredService<DcsmScorer>().Clip;
        IEmbeddingGenerator<string, Embedding<float>> texts = _services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        IEmbeddingGenerator<DataContent, Embedding<float>> pictures = _services.GetRequiredService<
            IEmbeddingGenerator<DataContent, Embedding<float>>
        >();
        GeneratedEmbeddings<Embedding<float>> text = await texts.GenerateAsync(["a red teapot", "a blue car"]);
        var content = new DataContent(await File.ReadAllBytesAsync(Picture), "image/png") { Name = "upload" };
        GeneratedEmbeddings<Embedding<float>> picture = await pictures.GenerateAsync([content]);
        Assert.Equal(
            clip.EncodeTexts(["a red teapot", "a blue car"], clip.Config.Text.ContextLength).Pooled.Values.ToArray(),
            text.SelectMany(e => e.Vector.ToArray())
        );
        Assert.Equal(clip.EncodeImages([Picture]).Pooled.Values.ToArray(), picture[0].Vector.ToArray());
        Assert.Equal(1, TensorPrimitives.Norm<float>(picture[0].Vector.Span), 1e-5);
        Assert.True(text.Usage!.InputTokenCount >= 8);

        EmbeddingGeneratorMetadata metadata = texts.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("dcsm", clip.Dimension), (metadata.ProviderName, metadata.DefaultModelDimensions));
        Assert.Same(clip, pictures.GetService<ClipModel>());
        Assert.Null(texts.GetService(typeof(ClipModel), "a key"));
    }

    [Fact]
    public async Task What_cannot_be_embedded_is_named()
    {
        IEmbeddingGenerator<string, Embedding<float>> texts = _services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        IEmbeddingGenerator<DataContent, Embedding<float>> pictures = _services.GetRequiredService<
            IEmbeddingGenerator<DataContent, Embedding<float>>
        >();
        await Assert.ThrowsAsync<ArgumentException>(() => texts.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 7 }));
        var bad = new DataContent(new byte[] { 1, 2, 3 }, "image/png") { Name = "upload" };
        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => pictures.GenerateAsync([bad]));
        Assert.StartsWith("upload: ", error.Message, StringComparison.Ordinal);
        var sound = new DataContent(new byte[] { 1, 2, 3 }, "audio/wav");
        ArgumentException wrong = await Assert.ThrowsAsync<ArgumentException>(() => pictures.GenerateAsync([sound]));
        Assert.StartsWith("picture 0: is of the type audio/wav", wrong.Message, StringComparison.Ordinal);
        ArgumentException none = await Assert.ThrowsAsync<ArgumentException>(() => texts.GenerateAsync(["a", null!]));
        Assert.Equal(("values", "values"), (wrong.ParamName, none.ParamName));
        Assert.StartsWith("Value 1 is null", none.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => texts.GenerateAsync(["a"], null, new CancellationToken(true)));
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add($"{logLevel}: {formatter(state, exception)}");

        public void Dispose() { }
    }
}
