using Dcsm.Scoring;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dcsm.Extensions.AI;

/// <summary>Dcsm by dependency injection.</summary>
public static partial class DcsmServices
{
    /// <summary>
    /// Adds one <see cref="DcsmScorer"/> for all, which is opened when it is first asked for, and the embedding generators of its CLIP
    /// (<see cref="TextEmbeddingGenerator"/>, <see cref="ImageEmbeddingGenerator"/>) under their interfaces.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says what to open.</param>
    /// <example>
    /// <code>
    /// builder.Services.AddDcsm(options =&gt;
    /// {
    ///     options.ClipDirectory = "models/clip";
    ///     options.HeadDirectory = "models/head";
    /// });
    /// </code>
    /// </example>
    public static IServiceCollection AddDcsm(this IServiceCollection services, Action<DcsmOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton(provider =>
        {
            var options = new DcsmOptions();
            configure(options);
            return Open(options, provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance);
        });
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider => new TextEmbeddingGenerator(
            provider.GetRequiredService<DcsmScorer>()
        ));
        services.TryAddSingleton<IEmbeddingGenerator<DataContent, Embedding<float>>>(provider => new ImageEmbeddingGenerator(
            provider.GetRequiredService<DcsmScorer>()
        ));
        return services;
    }

    private static DcsmScorer Open(DcsmOptions options, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger("Dcsm");
        Action<string> warn = options.Scorer.Warn ?? (message => Warned(logger, message));
        DcsmScorerOptions scorer = options.Scorer with
        {
            Warn = warn,
            Clip = (options.Scorer.Clip ?? new() { Threads = options.Scorer.Threads }) is { Warn: null } clip
                ? clip with
                {
                    Warn = warn,
                }
                : options.Scorer.Clip,
        };
        // A container makes things synchronously.
        DcsmScorer opened = DcsmScorer.LoadAsync(options.ClipDirectory, options.HeadDirectory, scorer).GetAwaiter().GetResult();
        Opened(logger, opened.Clip.Directory, opened.Clip.Fingerprint, opened.Clip.Precision.ToString());
        return opened;
    }

    [LoggerMessage(1, LogLevel.Information, "Opened the CLIP in {Directory} ({Fingerprint}), computed in {Precision}, and its head.")]
    private static partial void Opened(ILogger logger, string directory, string fingerprint, string precision);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    private static partial void Warned(ILogger logger, string warning);
}
