namespace Dcsm.Clip.Models;

/// <summary>Some pictures, ready to be encoded.</summary>
/// <param name="Pixels">[≥ count, 3, S, S]; borrowed, see <see cref="PreparedPictures.Return"/>.</param>
/// <param name="Count">Number of pictures.</param>
internal readonly record struct PreparedBatch(float[] Pixels, int Count);
