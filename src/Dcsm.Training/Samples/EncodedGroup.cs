using Dcsm.IO.Collections;

namespace Dcsm.Training.Samples;

/// <summary>The token embeddings of a group, stored as half floats, as those of samples are.</summary>
/// <param name="Images">[images, imageTokens, dimension]</param>
/// <param name="Texts">[captions, textTokens, dimension]; columns as the rows' placement moved them.</param>
/// <param name="Rows">Per column the functional row that stands there, or −1. [captions, textTokens]</param>
/// <param name="Targets">As in <see cref="Heads.HeadTrainingGroup"/>. [images, captions]</param>
/// <param name="Image">Per caption the picture that it was made for, or −1. [captions]</param>
/// <param name="Kinds">Per caption what it is about. [captions]</param>
internal sealed record EncodedGroup(
    Half[] Images,
    Half[] Texts,
    long[] Rows,
    Grid<float> Targets,
    IReadOnlyList<int> Image,
    IReadOnlyList<string> Kinds
);
