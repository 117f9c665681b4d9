namespace Dcsm.Clip.Preprocessing;

/// <summary>The size that pictures are resized to.</summary>
/// <param name="Edge">Length of one side, where the proportions are kept.</param>
/// <param name="Exact">Width and height, where they are not.</param>
/// <param name="IsLongest">Whether it is the longer side; else the shorter one.</param>
internal sealed record ResizeTarget(int Edge, (int Width, int Height)? Exact, bool IsLongest = false)
{
    public (int Width, int Height) For(int width, int height)
    {
        if (Exact is { } exact)
            return exact;
        (int shorter, int longer) = width <= height ? (width, height) : (height, width);
        // open_clip, ResizeKeepRatio: both sides are rounded, halves to even. transformers, get_resize_output_image_size, and
        // torchvision: the long side is cut to a whole number.
        if (IsLongest)
        {
            double ratio = (double)longer / Edge;
            return (Math.Max(1, (int)Math.Round(width / ratio)), Math.Max(1, (int)Math.Round(height / ratio)));
        }

        int other = (int)Math.Min(int.MaxValue, (double)((long)Edge * longer) / shorter);
        return width <= height ? (Edge, other) : (other, Edge);
    }
}
