using System.Text;

namespace Dcsm.Clip.Tokenization.SentencePiece;

/// <summary>
/// The most probable way to put a text together from pieces (sentencepiece, <c>unigram_model.cc</c>, <c>EncodeOptimized</c>). Immutable.
/// </summary>
internal sealed class UnigramSegmentation
{
    private const float UnknownPenalty = 10;
    private const int Root = 0,
        None = -1;

    private readonly Dictionary<(int Node, int Rune), int> _children = [];
    private readonly List<int> _pieceOf = [None];
    private readonly IReadOnlyList<SentencePiece> _pieces;
    private readonly double[] _scores;
    private readonly float _unknownScore;

    public UnigramSegmentation(SentencePieceModel model)
    {
        _pieces = model.Pieces;
        float[] normal = [.. _pieces.Where(piece => piece.Kind == SentencePieceKind.Normal).Select(piece => piece.Score)];
        (float least, float most) = normal.Length == 0 ? (0, 0) : (normal.Min(), normal.Max());
        _unknownScore = least - UnknownPenalty;
        // What a user defined goes before everything else.
        _scores =
        [
            .. _pieces.Select(piece =>
                piece.Kind == SentencePieceKind.UserDefined ? (Encoding.UTF8.GetByteCount(piece.Text) * most) - 0.1 : piece.Score
            ),
        ];
        for (int id = 0; id < _pieces.Count; id++)
        {
            if (_pieces[id].Kind is SentencePieceKind.Normal or SentencePieceKind.UserDefined && _pieces[id].Text.Length > 0)
                Add(_pieces[id].Text, id);
        }
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">Normalized.</param>
    /// <param name="unknown">The id of what no piece covers.</param>
    /// <returns>Id and number of code points of each piece; unknown characters side by side are one.</returns>
    public List<(int Id, int Length)> Cut(List<AlignedRune> text, int unknown)
    {
        int length = text.Count;
        float[] best = new float[length + 1];
        int[] ids = new int[length + 1],
            starts = new int[length + 1];
        Array.Fill(starts, None);
        for (int start = 0; start < length; start++)
        {
            float before = best[start];
            bool covers = false;
            int node = Root;
            for (int end = start; end < length && _children.TryGetValue((node, text[end].Value), out node); )
            {
                end++;
                int id = _pieceOf[node];
                if (id == None)
                    continue;
                Offer(end, _scores[id] + before, id);
                covers |= end == start + 1;
            }
            if (!covers)
                Offer(start + 1, _unknownScore + before, unknown);

            void Offer(int end, double score, int id)
            {
                if (starts[end] == None || score > best[end])
                    (best[end], ids[end], starts[end]) = ((float)score, id, start);
            }
        }

        List<(int Id, int Length)> pieces = [];
        for (int end = length; end > 0; end = starts[end])
        {
            if (ids[end] == unknown && pieces is [.., var (last, behind)] && last == unknown)
                pieces[^1] = (unknown, behind + end - starts[end]);
            else
                pieces.Add((ids[end], end - starts[end]));
        }
        pieces.Reverse();
        return pieces;
    }

    private void Add(string text, int id)
    {
        int node = Root;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!_children.TryGetValue((node, rune.Value), out int child))
            {
                child = _children[(node, rune.Value)] = _pieceOf.Count;
                _pieceOf.Add(None);
            }
            node = child;
        }
        if (_pieceOf[node] == None)
            _pieceOf[node] = id;
    }
}
