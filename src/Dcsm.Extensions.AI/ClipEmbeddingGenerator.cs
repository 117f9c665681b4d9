using Dcsm.Clip.Models;
using Dcsm.Scoring;
using Microsoft.Extensions.AI;

namespace Dcsm.Extensions.AI;

/// <summary>CLIP's pooled embeddings, of unit length: the dot product of two, of texts or pictures, is CLIP's cosine.</summary>
/// <typeparam name="TInput">What is embedded.</typeparam>
/// <remarks>
/// May be called by any number of threads at once: calls take turns in the queue of their <see cref="DcsmScorer"/>
/// (<see cref="DcsmScorerOptions.ConcurrentRuns"/>), which stays its owner's to dispose of. Disposing of a generator does nothing.
/// </remarks>
public abstract class ClipEmbeddingGenerator<TInput> : IEmbeddingGenerator<TInput, Embedding<float>>
{
    private readonly DcsmScorer _scorer;
    private readonly EmbeddingGeneratorMetadata _metadata;

    private protected ClipEmbeddingGenerator(DcsmScorer scorer)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        _scorer = scorer;
        _metadata = new EmbeddingGeneratorMetadata("dcsm", null, scorer.Head.Config.ClipName ?? scorer.Clip.Fingerprint, Clip.Dimension);
    }

    /// <summary>The CLIP.</summary>
    public ClipModel Clip => _scorer.Clip;

    /// <summary>Embeds.</summary>
    /// <param name="values">What is embedded.</param>
    /// <param name="options">No other number of dimensions than CLIP's can be asked for; the model is the one that is open.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>An embedding for each value, in their order.</returns>
    /// <exception cref="ArgumentException">Another number of dimensions is asked for, or a value can't be embedded.</exception>
    /// <exception cref="InvalidDataException">A picture can't be read; the message begins with its name.</exception>
    /// <exception cref="QueueFullException">As many wait as may.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<TInput> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != Clip.Dimension)
            throw new ArgumentException($"The CLIP's embeddings have {Clip.Dimension} dimensions, not {dimensions}.", nameof(options));
        TInput[] all = [.. values];
        if (Array.FindIndex(all, value => value is null) is var none && none >= 0)
            throw new ArgumentException($"Value {none} is null.", nameof(values));
        return _scorer.InTurnAsync(
            () =>
            {
                (TokenEmbeddings pooled, UsageDetails? usage) = Encode(all, cancellationToken);
                return new GeneratedEmbeddings<Embedding<float>>(
                    Enumerable
                        .Range(0, pooled.Count)
                        .Select(i => new Embedding<float>(pooled[i].ToArray())
                        {
                            ModelId = _metadata.DefaultModelId,
                            CreatedAt = DateTimeOffset.UtcNow,
                        })
                )
                {
                    Usage = usage,
                };
            },
            cancellationToken
        );
    }

    /// <summary>
    /// The <see cref="EmbeddingGeneratorMetadata"/> (provider "dcsm", the CLIP's name, its dimensions), the <see cref="ClipModel"/>, the
    /// <see cref="DcsmScorer"/>, or this.
    /// </summary>
    /// <param name="serviceType">Which.</param>
    /// <param name="serviceKey">Null; under a key there is nothing.</param>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null : new object[] { _metadata, Clip, _scorer, this }.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Nothing: what it works with is its owner's.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Pooled embeddings. [values, 1, dimension]</summary>
    private protected abstract (TokenEmbeddings Pooled, UsageDetails? Usage) Encode(TInput[] values, CancellationToken cancellationToken);
}
