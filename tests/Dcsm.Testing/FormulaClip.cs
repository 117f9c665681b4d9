namespace Dcsm.Testing;

/// <summary>A CLIP directory whose weights were written by formula; gone when it is disposed of.</summary>
public sealed class FormulaClip : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private FormulaClip() { }

    /// <summary>The directory, to be opened as any CLIP.</summary>
    public string Directory => _folder.Path;

    /// <summary>Writes a CLIP directory to the system's folder for temporary files.</summary>
    /// <param name="golden">A folder with <c>config.json</c> and <c>formula.json</c>.</param>
    /// <param name="tokenizer">A folder whose tokenizer and preprocessing are to go with it; null for none.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">The formula is damaged.</exception>
    public static FormulaClip Write(string golden, string? tokenizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(golden);
        var formula = FormulaTensors.Read(Path.Combine(golden, "formula.json"));
        var clip = new FormulaClip();
        try
        {
            File.Copy(Path.Combine(golden, "config.json"), Path.Combine(clip.Directory, "config.json"));
            foreach (string name in tokenizer is null ? [] : (string[])["vocab.json", "merges.txt"])
                File.Copy(Path.Combine(tokenizer!, name), Path.Combine(clip.Directory, name));
            formula.Write(Path.Combine(clip.Directory, "model.safetensors"));
            return clip;
        }
        catch
        {
            clip.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the directory.</summary>
    public void Dispose() => _folder.Dispose();
}
