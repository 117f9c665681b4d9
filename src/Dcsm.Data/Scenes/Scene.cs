using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes;

/// <summary>All that is needed to draw a picture, at any resolution: a background and objects, drawn in order.</summary>
/// <param name="BackgroundSeed">Decides the background, the brightness and the noise.</param>
/// <param name="Objects">The objects; a later one covers an earlier one.</param>
public sealed record Scene(ulong BackgroundSeed, IReadOnlyList<PlacedObject> Objects)
{
    /// <summary>The objects; a later one covers an earlier one.</summary>
    public IReadOnlyList<PlacedObject> Objects
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Objects);
}
