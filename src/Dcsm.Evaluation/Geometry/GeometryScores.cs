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
    private readonly Dictionary<GeometryPicture, float[]> _scores = [];

    /// <param name="scorer">The scorer.</param>
    /// <param name="questions">What it is asked.</param>
    public GeometryScores(IScorer scorer, IReadOnlyList<GeometryQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(questions);
        (_scorer, _questions) = (scorer, questions);
        string[] captions = [.. questions.SelectMany(question => new[] { question.Left.Caption, question.Right.Caption }).Distinct()];
        for (int c = 0; c < captions.Length; c++)
            _places.Add(captions[c], c);
        _texts = scorer.Encoder.EncodeTexts(scorer.Read(captions), Math.Max(2, scorer.TextTokens));
    }

    /// <summary>What it is called.</summary>
    public string Name => _scorer.Name;

    /// <summary>Scores pictures with every caption.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="images">Their embeddings.</param>
    public void Add(IReadOnlyList<GeometryPicture> pictures, ImageEncoding images)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        float[,] scores = _scorer.Score(images, _texts);
        for (int i = 0; i < pictures.Count; i++)
            _scores[pictures[i]] = [.. Enumerable.Range(0, _places.Count).Select(c => scores[i, c])];
    }

    /// <summary>The conditions, once all pictures are scored.</summary>
    public IReadOnlyList<GeometryCondition> Conditions() =>
        GeometryQuestion.Judge(_questions, (picture, caption) => _scores[picture][_places[caption]]);
}
