namespace Dcsm.IO.Shards;

/// <summary>An item of a list that could not be done, while the others of its part were.</summary>
/// <param name="Item">Its place in the whole list, from 0.</param>
/// <param name="Name">What it is called: a picture.</param>
/// <param name="Reason">What is wrong, in a sentence for the person.</param>
public sealed record ShardError(int Item, string Name, string Reason);
