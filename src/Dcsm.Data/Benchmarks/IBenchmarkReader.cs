namespace Dcsm.Data.Benchmarks;

/// <summary>Reads one published benchmark.</summary>
public interface IBenchmarkReader
{
    /// <summary>The name on the command line, such as "vg-attribution".</summary>
    string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    string Title { get; }

    /// <summary>The files that it needs under the root, as published.</summary>
    string Files { get; }

    /// <summary>Where to get them.</summary>
    string Source { get; }

    /// <summary>Under which license, as far as its makers say.</summary>
    string License { get; }

    /// <summary>What guessing gives: a share, or in words for retrieval.</summary>
    string Chance { get; }

    /// <summary>How many items, or captions, the published files hold; null where that is not known, or the file is a user's own.</summary>
    int? Size { get; }

    /// <summary>Whether its annotation files are under a root; opens no picture.</summary>
    bool IsPresent(string root);

    /// <summary>Reads it.</summary>
    /// <exception cref="FileNotFoundException">An annotation file, or a picture that it names, is missing.</exception>
    /// <exception cref="InvalidDataException">A file is not as published; the message names file, row and field.</exception>
    Benchmark Read(BenchmarkOptions options);
}
