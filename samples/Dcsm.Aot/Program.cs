using System.Globalization;
using Dcsm.Models.Small;
using Dcsm.Scoring;

// picture, right caption, wrong caption: prints the score of the right one, which must be the higher one.
await using DcsmScorer scorer = await SmallModel.LoadAsync();
IReadOnlyList<CaptionScore> scores = scorer.Score(args[0], args[1..]);
if (scores[0].Logit <= scores[1].Logit)
    throw new InvalidOperationException("the wrong caption scores higher");
Console.WriteLine(scores[0].Logit.ToString(CultureInfo.InvariantCulture));
