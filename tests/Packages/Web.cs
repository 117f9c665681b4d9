using System.Globalization;
using Dcsm.Clip.Preprocessing;
using Dcsm.Models.Small;
using Dcsm.Scoring;

WebApplication app = WebApplication.CreateBuilder(args).Build();
await using DcsmScorer scorer = await SmallModel.LoadAsync();
app.MapPost(
        "/score",
        async (IFormFile picture, HttpRequest request, CancellationToken cancellationToken) =>
        {
            using Stream content = picture.OpenReadStream();
            ImageSource image = await ImageSource.FromStreamAsync(content, picture.FileName, cancellationToken: cancellationToken);
            IFormCollection form = await request.ReadFormAsync(cancellationToken);
            CaptionScore score = (await scorer.ScoreAsync(image, [form["caption"].ToString()], cancellationToken))[0];
            return score.Logit.ToString(CultureInfo.InvariantCulture);
        }
    )
    .DisableAntiforgery();
app.Run();
