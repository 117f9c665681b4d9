namespace Dcsm.Clip.Internals;

/// <summary>What is wrong with a pickle, without its place; never leaves <see cref="PickleMachine"/>.</summary>
internal sealed class PickleException(string message) : Exception(message);
