namespace Dcsm.Clip.Preprocessing;

/// <summary>The size that pictures are resized to.</summary>
/// <param name="ShortestEdge">Length of the shorter side, where the proportions are kept.</param>
/// <param name="Exact">Width and height, where they are not.</param>
internal sealed record ResizeTarget(int ShortestEdge, (int Width, int Height)? Exact)
{
    // transformers, get_resize_output_image_size: the long side is cut to a whole number, not rounded.
    public (int Width, int Height) For(int width, int height)
    {
        if (Exact is { } exact)
            return exact;
        (int shorter, int longer) = width <= height ? (width, height) : (height, width);
        int other = (int)Math.Min(int.MaxValue, (double)((long)ShortestEdge * longer) / shorter);
        return width <= height ? (ShortestEdge, other) : (other, ShortestEdge);
    }
}
