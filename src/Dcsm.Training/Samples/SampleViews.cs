using Dcsm.Training.Heads;

namespace Dcsm.Training.Samples;

/// <summary>Shows what training takes from a source.</summary>
public static class SampleViews
{
    /// <summary>The first captions that a training takes, sample by sample, of each stream in turn.</summary>
    /// <param name="source">The source.</param>
    /// <param name="loss">The loss, which says how much of a sample is taken.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="count">How many captions; fewer where the source has no more.</param>
    public static IEnumerable<SampleView> First(IHeadTrainingSource source, HeadLoss loss, ulong seed, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        var order = new SampleOrder(seed);
        return Enumerable
            .Range(0, int.MaxValue)
            .TakeWhile(place => Enumerable.Range(0, source.Streams.Count).Any(stream => Has(stream, place)))
            .SelectMany(place =>
                Enumerable
                    .Range(0, source.Streams.Count)
                    .Where(stream => Has(stream, place))
                    .SelectMany(stream => Views(stream, order.Index(stream, place, source.Count(stream))))
            )
            .Take(count);

        bool Has(int stream, int place) => place < (source.Count(stream) ?? long.MaxValue);

        IEnumerable<SampleView> Views(int stream, long index)
        {
            HeadTrainingGroup group =
                loss == HeadLoss.Statements
                    ? source.ReadGroup(stream, index)
                    : HeadTrainingGroup.Of(source.Read(stream, index), source.Streams[stream]);
            for (int caption = 0; caption < group.Captions.Count; caption++)
            {
                int image = Math.Max(0, group.Image[caption]);
                float target = group.Targets[image, caption];
                yield return new SampleView(
                    source.Streams[stream],
                    index,
                    group.Names?[image],
                    group.Images[image],
                    group.Captions[caption],
                    target is 0 or 1 ? target == 1 : null,
                    group.Kinds[caption],
                    group.Notes?[caption].Why,
                    group.Notes?[caption].Boxes ?? []
                );
            }
        }
    }
}
