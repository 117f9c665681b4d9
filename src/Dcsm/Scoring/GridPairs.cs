using System.Collections;

namespace Dcsm.Scoring;

/// <summary>Every image with some consecutive captions, image by image, without a list of them in memory.</summary>
internal sealed class GridPairs(int images, int firstCaption, int captions) : IReadOnlyList<(int Image, int Caption)>
{
    public int Count { get; } = checked(images * captions);

    public (int Image, int Caption) this[int index] => (index / captions, firstCaption + (index % captions));

    public IEnumerator<(int Image, int Caption)> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
