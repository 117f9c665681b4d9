using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Digests;

namespace Dcsm.Data.DataSets;

/// <summary>Pictures with captions that are true of them, as contrastive pre-training takes them.</summary>
/// <remarks>What is false of a picture is left out. A tenth of the pictures is held out, as in the training of heads.</remarks>
public sealed class CaptionedPictures
{
    private CaptionedPictures(
        IReadOnlyList<CaptionedPicture> train,
        IReadOnlyList<CaptionedPicture> heldOut,
        IReadOnlyList<string> remarks,
        string fingerprint
    ) => (Train, HeldOut, Remarks, Fingerprint) = (train, heldOut, remarks, fingerprint);

    /// <summary>What is trained on, at least one.</summary>
    public IReadOnlyList<CaptionedPicture> Train { get; }

    /// <summary>What is held out; may be empty.</summary>
    public IReadOnlyList<CaptionedPicture> HeldOut { get; }

    /// <summary>What was left out and why, a line each.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>SHA-256 of names and captions, whatever folder they lie in.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Reads a data set: "csv" or "jsonl" (a table with <c>image</c> and <c>caption</c>, several rows a picture if need be; what
    /// <c>label</c> or <c>opposite_caption</c> say is heeded), "coco" (the captions of <c>captions_*.json</c>), "vg" or "official".
    /// </summary>
    /// <param name="kind">One of these.</param>
    /// <param name="path">File or folder.</param>
    /// <param name="seed">Seed of captions that are made of annotations.</param>
    /// <param name="splitSeed">Another seed holds other pictures out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    /// <exception cref="FileNotFoundException">A file, or a picture that it names, does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is wrong, or there is nothing to train on.</exception>
    public static CaptionedPictures Read(
        string kind,
        string path,
        ulong seed = 1,
        ulong splitSeed = 0,
        CancellationToken cancellationToken = default
    ) =>
        Of(
            kind switch
            {
                "csv" => CaptionTable.ReadCsv(path, splitSeed, labeled: false),
                "jsonl" => CaptionTable.ReadJsonLines(path, splitSeed, labeled: false),
                "coco" => CocoData.ReadCaptions(path, splitSeed, cancellationToken),
                "vg" => VisualGenomeData.ReadStatements(path, new VisualGenomeOptions { Seed = seed }, splitSeed, cancellationToken),
                "official" => Labeled(OfficialFolder.Read(path, seed, cancellationToken), path, splitSeed),
                _ => throw new ArgumentException($"'{kind}' is no kind of captioned pictures", nameof(kind)),
            }
        );

    /// <summary>Takes several together.</summary>
    /// <param name="sets">At least one.</param>
    public static CaptionedPictures Join(IReadOnlyList<CaptionedPictures> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        return sets is [var only]
            ? only
            : new CaptionedPictures(
                [.. sets.SelectMany(set => set.Train)],
                [.. sets.SelectMany(set => set.HeldOut)],
                [.. sets.SelectMany(set => set.Remarks)],
                string.Join('+', sets.Select(set => set.Fingerprint))
            );
    }

    private static CaptionedPictures Of(LabeledSet set)
    {
        CaptionedPicture[] train = True(set.Train),
            heldOut = set.HeldOut is { } part ? True(part) : [];
        if (train.Length == 0)
            throw new InvalidDataException($"the {set.Format} data has no picture with a true caption to train on");
        using var digest = new Sha256Digest();
        foreach (CaptionedPicture picture in train.Concat(heldOut))
            digest.Append($"{picture.Name}\t{string.Join('\t', picture.Captions)}\n");
        return new CaptionedPictures(train, heldOut, set.Remarks, digest.Finish());
    }

    // The first picture of a group is the one that its captions were made for.
    private static CaptionedPicture[] True(LabeledPart part) =>
        [
            .. Enumerable
                .Range(0, part.Count)
                .Select(part.Group)
                .SelectMany(group =>
                    group.Captions.Where((_, c) => group.Truth[0, c] == true).Select(caption => (Picture: group.Pictures[0], caption.Text))
                )
                .GroupBy(own => own.Picture)
                .Select(own => new CaptionedPicture(own.Key.Name, own.Key.Path, [.. own.Select(caption => caption.Text).Distinct()])),
        ];

    private static LabeledSet Labeled(HardNegativeSet set, string path, ulong splitSeed)
    {
        var captions = new TableCaptions(set.Format, path) { Labeled = false };
        foreach (HardNegativeRecord record in set.Streams.SelectMany(stream => stream.Records))
        {
            foreach (string caption in record.Captions)
                captions.Add((record.Image, record.ImagePath), caption, true, set.Format, path);
            foreach (string caption in record.NegativeImagePath is null ? [] : record.NegativeCaptions)
                captions.Add((record.NegativeImage!, record.NegativeImagePath!), caption, true, set.Format, path);
        }

        return captions.Build(splitSeed);
    }
}
