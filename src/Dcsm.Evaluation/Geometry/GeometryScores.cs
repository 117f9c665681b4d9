using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Geometry;

/// <summary>What a scorer says of the conditions that a score can be asked. Not to be used by several threads.</summary>
public sealed class GeometryScores
{
    private readonly IScorer _scorer;
    private readonly IReadOnlyList<GeometryQuestion> _questions;
    private readonly TextEncoding _texts;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly ILookup<GeometryPicture, string> _asked;
    private readonly Dictionary<GeometryPicture, float[]> _scores = [];

    /// <param name="scorer">The scorer.</param>
    /// <param name="questions">What it is asked.</param>
    public GeometryScores(IScorer scorer, IReadOnlyList<GeometryQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(questions);
        (_scorer, _questions) = (scorer, questions);
        _asked = GeometryQuestion.Pairs(questions).ToLookup(pair => pair.Picture, pair => pair.Caption);
        string[] captions = [.. questions.SelectMany(question => new[] { question.Left.Caption, question.Right.Caption }).Distinct()];
        for (int c = 0; c < captions.Length; c++)
            _places.Add(captions[c], c);
        _texts = scorer.Encoder.EncodeTexts(scorer.Read(captions), Math.Max(2, scorer.TextTokens));
    }

    /// <summary>What it is called.</summary>
    public string Name => _scorer.Name;

    /// <summary>What makes the embeddings that it scores.</summary>
    public IEncoder Encoder => _scorer.Encoder;

    /// <summary>Scores pictures with every caption; only with those that it is asked of, where every pair goes through a network.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="images">Their embeddings, of <see cref="Encoder"/>.</param>
    public void Add(IReadOnlyList<GeometryPicture> pictures, ImageEncoding images)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (_scorer.CostOfPair > 0)
        {
            AddAsked(pictures, images);
            return;
        }

        float[,] scores = _scorer.Score(images, _texts);
        for (int i = 0; i < pictures.Count; i++)
            _scores[pictures[i]] = [.. Enumerable.Range(0, _places.Count).Select(c => scores[i, c])];
    }

    private void AddAsked(IReadOnlyList<GeometryPicture> pictures, ImageEncoding images)
    {
        (int Image, int Caption)[] asked =
        [
            .. pictures.SelectMany((picture, i) => _asked[picture].Select(caption => (i, _places[caption]))),
        ];
        IReadOnlyList<float[,]> scores = _scorer.ScoreBlocks(
            images,
            _texts,
            [.. asked.Select(pair => new ScoreBlock(pair.Image, 1, pair.Caption, 1))]
        );
        foreach (GeometryPicture picture in pictures)
            _scores[picture] = new float[_places.Count];
        for (int p = 0; p < asked.Length; p++)
            _scores[pictures[asked[p].Image]][asked[p].Caption] = scores[p][0, 0];
    }

    /// <summary>The conditions, once all pictures are scored.</summary>
    public IReadOnlyList<GeometryCondition> Conditions() =>
        GeometryQuestion.Judge(_questions, (picture, caption) => _scores[picture][_places[caption]]);
}
