using Dcsm.Data.Classes.Readers;
using Dcsm.Data.Pictures;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Pairs;

/// <summary>
/// Reads WebDataset tars of pictures with captions: of each sample a picture beside <c>.txt</c>, or beside <c>.json</c> with the field
/// <c>caption</c>, as img2dataset writes both.
/// </summary>
public static class ImageCaptionTar
{
    private const int MostText = 1 << 20;
    private const string CaptionField = "caption";

    /// <summary>Whether a path means tars: one of them, a folder of them, or names with <c>{000..012}</c>.</summary>
    /// <param name="path">The path.</param>
    public static bool IsMeant(string path) => ContainedFile.IsTar(path) || Directory.Exists(path);

    /// <summary>Reads the captions, and where the pictures are.</summary>
    /// <param name="path">A tar, a folder of tars, or names with <c>{000..012}</c>.</param>
    /// <returns>The pairs in the order of tars and samples; their rows count from 1.</returns>
    /// <exception cref="FileNotFoundException">There is no such tar.</exception>
    /// <exception cref="InvalidDataException">A tar can't be read, or a sample has no picture or no caption.</exception>
    public static IReadOnlyList<ImageCaptionPair> Read(string path)
    {
        var pairs = new List<ImageCaptionPair>();
        foreach (string tar in WebDataset.Tars(path))
        {
            foreach ((string sample, IReadOnlyList<string> files) in WebDataset.Samples(tar))
            {
                string picture =
                    files.FirstOrDefault(PictureFile.HasEndingOfPicture)
                    ?? throw new InvalidDataException($"{sample}: has a caption and no picture");
                pairs.Add(new ImageCaptionPair(pairs.Count + 1, picture, Path.GetFullPath(picture), Caption(sample, files), []));
            }
        }

        return pairs;
    }

    private static string Caption(string sample, IReadOnlyList<string> files)
    {
        string? Of(string ending) => files.FirstOrDefault(file => file.EndsWith(ending, StringComparison.Ordinal));
        string caption =
            Of(".txt") is { } text ? WebDataset.Text(text, MostText)
            : Of(".json") is { } json ? JsonField.Parse(ContainedFile.ReadAll(json, MostText), json).Field(CaptionField).String()
            : throw new InvalidDataException($"{sample}: has no caption (.txt, or .json with the field {CaptionField})");
        return caption.Trim() is { Length: > 0 } read ? read : throw new InvalidDataException($"{sample}: the caption is empty");
    }
}
