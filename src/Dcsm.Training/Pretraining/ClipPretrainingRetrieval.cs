namespace Dcsm.Training.Pretraining;

/// <summary>How well a small CLIP tells held-out pictures and their captions apart; shares between 0 and 1.</summary>
/// <param name="Choices">How many pictures, and as many captions, there are to choose among.</param>
/// <param name="Captions">Pictures of which a caption of their own is the nearest one.</param>
/// <param name="Pictures">Captions of which a picture that has them is the nearest one.</param>
public sealed record ClipPretrainingRetrieval(int Choices, double Captions, double Pictures);
