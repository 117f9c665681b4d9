namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>What is wrong with a pickle, without its place; never leaves <see cref="PickleMachine"/>.</summary>
internal sealed class PickleException(string message) : Exception(message);
