using System.Collections.Concurrent;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Scoring;

/// <summary>Pictures that are needed twice: batches are encoded once as far as there is room to keep them, the others anew.</summary>
/// <param name="clip">The CLIP.</param>
/// <param name="failed">Told of pictures that can't be read, whose tokens then mean nothing; null to throw.</param>
/// <param name="cancellationToken">Stops the work.</param>
/// <typeparam name="T">What stands for a picture.</typeparam>
internal sealed class KeptEncodings<T>(ClipModel clip, Action<ImageSource, Exception>? failed, CancellationToken cancellationToken)
{
    // In bytes of tokens.
    private const long Most = 512L << 20;

    // By the batch itself, not by what is in it.
    private readonly ConcurrentDictionary<IReadOnlyList<T>, ImageEncoding> _kept = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    /// <param name="batches">The batches; gone through by two threads.</param>
    /// <param name="pictures">The pictures of a batch.</param>
    public IEnumerable<ImageEncoding> Of(
        IReadOnlyList<IReadOnlyList<T>> batches,
        Func<IReadOnlyList<T>, IReadOnlyList<ImageSource>> pictures
    )
    {
        IReadOnlyList<T>[] missing = [.. batches.Where(batch => !_kept.ContainsKey(batch))];
        using IEnumerator<ImageEncoding> encoded = clip.EncodeImageBatches(missing.Select(pictures), failed, cancellationToken)
            .GetEnumerator();
        foreach (IReadOnlyList<T> batch in batches)
        {
            if (!_kept.TryGetValue(batch, out ImageEncoding? encoding))
            {
                encoded.MoveNext();
                encoding = encoded.Current;
                long bytes = (long)sizeof(float) * encoding.Tokens.Values.Length;
                if (_bytes + bytes <= Most)
                {
                    _kept[batch] = encoding;
                    _bytes += bytes;
                }
            }

            yield return encoding;
        }
    }
}
