using Dcsm.IO.Digests;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>
/// Pictures of a table, each with its captions, and with other pictures of which the table says the truth of these captions, too.
/// </summary>
internal sealed class TablePart : LabeledPart
{
    private const int PicturesOfGroup = 4,
        CaptionsOfGroup = 16,
        Looked = 32;
    private readonly TablePicture[] _pictures;
    private readonly (int Picture, TableCaption[] Captions)[] _groups;
    private readonly Dictionary<string, List<int>> _told = new(StringComparer.Ordinal);

    public TablePart(TablePicture[] pictures)
    {
        _pictures = pictures;
        var groups = new List<(int, TableCaption[])>();
        var kinds = new Dictionary<string, int>(StringComparer.Ordinal);
        using var digest = new Sha256Digest();
        for (int i = 0; i < pictures.Length; i++)
        {
            groups.AddRange(Mixed(pictures[i].Captions.Values).Chunk(CaptionsOfGroup).Select(captions => (i, captions)));
            digest.Append(pictures[i].Name + "\n");
            foreach (TableCaption caption in pictures[i].Captions.Values)
            {
                if (!_told.TryGetValue(caption.Text, out List<int>? told))
                    _told.Add(caption.Text, told = []);
                told.Add(i);
                kinds[caption.Kind] = kinds.GetValueOrDefault(caption.Kind) + 1;
                digest.Append($"{caption.Kind}\t{caption.IsTrue}\t{caption.Text}\n");
            }
        }

        (_groups, Kinds, Fingerprint) = ([.. groups], kinds, digest.Finish());
    }

    public override int Count => _groups.Length;

    public override IReadOnlyDictionary<string, int> Kinds { get; }

    internal override string Fingerprint { get; }

    public override LabeledGroup Group(int index)
    {
        (int picture, TableCaption[] captions) = _groups[index];
        // Those that differ in a caption's truth first, then those that agree.
        int[] others =
        [
            .. captions
                .SelectMany(caption =>
                    Near(_told[caption.Text], picture).Select(other => (Other: other, Same: Truth(other, caption) == caption.IsTrue))
                )
                .Where(other => other.Other != picture)
                .OrderBy(other => other.Same)
                .Select(other => other.Other)
                .Distinct()
                .Take(PicturesOfGroup - 1),
        ];
        int[] members = [picture, .. others];
        bool?[,] truth = new bool?[members.Length, captions.Length];
        for (int member = 0; member < members.Length; member++)
        {
            for (int caption = 0; caption < captions.Length; caption++)
                truth[member, caption] = Truth(members[member], captions[caption]);
        }

        return new LabeledGroup(
            [.. members.Select(member => (_pictures[member].Name, _pictures[member].Path))],
            [.. captions.Select(caption => new LabeledCaption(caption.Text, caption.Kind, 0, caption.Place, []))],
            truth,
            []
        );
    }

    /// <summary>Some pictures of a list, which may hold all there are, around one of them.</summary>
    private static IEnumerable<int> Near(List<int> pictures, int one) =>
        pictures.Skip(Math.Clamp(pictures.BinarySearch(one) - (Looked / 2), 0, Math.Max(0, pictures.Count - Looked))).Take(Looked);

    private bool? Truth(int picture, TableCaption caption) =>
        _pictures[picture].Captions.TryGetValue(caption.Text, out TableCaption? own) ? own.IsTrue : null;

    /// <summary>True and false captions spread over one another, so that each part of a long list has its share of both.</summary>
    private static IEnumerable<TableCaption> Mixed(IEnumerable<TableCaption> captions) =>
        captions
            .GroupBy(caption => caption.IsTrue)
            .SelectMany(same => same.Select((caption, i) => (caption, At: (i + 0.5) / same.Count())))
            .OrderBy(caption => caption.At)
            .Select(caption => caption.caption);
}
