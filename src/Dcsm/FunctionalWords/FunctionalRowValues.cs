namespace Dcsm.FunctionalWords;

/// <summary>What the constants of functional words are.</summary>
public enum FunctionalRowValues
{
    /// <summary>Each word's own random signature around 1/3, as in the paper (<see cref="FunctionalRows.Create"/>).</summary>
    Random,

    /// <summary>A pattern over the patches that says what the word means (<see cref="FunctionalRows.CreateStructured"/>).</summary>
    Structured,
}
