namespace Dcsm.IO.PyTorch;

/// <summary>What was found in a PyTorch checkpoint, whichever its layout.</summary>
/// <param name="Format">The layout.</param>
/// <param name="Root">What was saved.</param>
internal sealed record PyTorchContent(PyTorchFormat Format, object? Root);
