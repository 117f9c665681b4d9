using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Scoring;

namespace Dcsm.Cli.Inputs;

/// <summary>
/// A filter: a JSON object a line in, with a picture and one caption or several, and its scores a line out, in the same order. What comes
/// together is scored together, and written at once; no more lines are read than are being scored and wait for it.
/// </summary>
/// <param name="clip">The CLIP.</param>
/// <param name="scorer">The scorer; null to score by CLIP's cosine.</param>
/// <param name="captions">Captions of lines that have none of their own.</param>
/// <param name="cosines">Whether CLIP's cosine is told beside the score.</param>
internal sealed class PipedScores(ClipModel clip, DcsmScorer? scorer, IReadOnlyList<string> captions, bool cosines)
{
    private const int LinesAtOnce = 32,
        LinesAhead = 32;

    // The cosine looks at the pooled embeddings alone, so any number of dense tokens will do.
    private const int FewTokens = 2;

    /// <summary>Lines that were answered.</summary>
    public long Lines { get; private set; }

    /// <summary>Lines that could not be scored.</summary>
    public long Errors { get; private set; }

    /// <summary>Answers every line.</summary>
    public void Run(Stream input, Stream output, CancellationToken cancellationToken)
    {
        var waiting = Channel.CreateBounded<TextLine>(new BoundedChannelOptions(LinesAhead) { SingleReader = true, SingleWriter = true });
        // Not a thread of the pool: it mostly waits for whoever writes, and can't be woken up.
        var reader = new Thread(() => Read(input, waiting.Writer, cancellationToken)) { IsBackground = true, Name = "lines" };
        reader.Start();
        var batch = new List<Line>();
        while (waiting.Reader.WaitToReadAsync(cancellationToken).AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < LinesAtOnce && waiting.Reader.TryRead(out TextLine? line))
                batch.Add(Parse(line));
            Score(batch, cancellationToken);
            foreach (Line line in batch)
            {
                JsonSerializer.Serialize(output, Answer(line), ShardLines.Options);
                output.WriteByte((byte)'\n');
                Lines++;
                Errors += line.Error is null ? 0 : 1;
            }

            output.Flush();
        }
    }

    private static void Read(Stream input, ChannelWriter<TextLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            foreach (TextLine line in TextLine.ReadAll(input))
            {
                if (!line.Bytes.Span.Trim(" \t\r"u8).IsEmpty)
                    lines.WriteAsync(line, cancellationToken).AsTask().GetAwaiter().GetResult();
            }

            lines.Complete();
        }
#pragma warning disable CA1031 // Thrown to whoever waits for lines.
        catch (Exception e)
#pragma warning restore CA1031
        {
            lines.TryComplete(e);
        }
    }

    private Line Parse(TextLine text)
    {
        var line = new Line(text.Number);
        try
        {
            JsonField fields = JsonLines.Parse(text.Bytes.Span, StandardInput.Title, text.Number).Object();
            line.Id = fields.Optional("id")?.Element;
            string? name = fields.Optional("image")?.Text();
            line.Image = name;
            line.Source =
                fields.Optional("bytes") is { } bytes ? ImageSource.FromBytes(Bytes(bytes), name ?? $"picture of line {text.Number}")
                : name is not null ? ImageSource.FromFile(name)
                : throw fields.Wrong("has neither image, the name of a file, nor bytes, its content in base64");
            line.Caption = fields.Optional("caption")?.Text();
            line.Captions =
                line.Caption is { } one ? [one]
                : fields.Optional("captions") is { } several ? [.. several.Items().Select(caption => caption.Text())]
                : captions.Count > 0 ? captions
                : throw fields.Wrong("has neither caption nor captions, and none were given by --caption");
        }
        catch (InvalidDataException e)
        {
            line.Error = e.Message;
        }

        return line;
    }

    private static byte[] Bytes(JsonField field)
    {
        try
        {
            return Convert.FromBase64String(field.String());
        }
        catch (FormatException)
        {
            throw field.Expected("the content of a picture in base64");
        }
    }

    private void Score(List<Line> lines, CancellationToken cancellationToken)
    {
        List<(Line Line, ImageSource Image, string Caption)> pairs =
        [
            .. lines.Where(line => line.Error is null).SelectMany(line => line.Captions.Select(caption => (line, line.Source!, caption))),
        ];
        if (pairs.Count == 0)
            return;
        float[]? cosine = cosines || scorer is null ? Cosines(pairs, cancellationToken) : null;
        var scored = new ScoredPair[pairs.Count];
        if (scorer is not null)
        {
            foreach (
                ImageResult result in scorer
                    .ScorePairsAsync([.. pairs.Select(pair => pair.Image)], [.. pairs.Select(pair => pair.Caption)], cancellationToken)
                    .ToBlockingEnumerable(cancellationToken)
            )
            {
                (Line line, ImageSource image, string caption) = pairs[(int)result.Number];
                line.Error ??= result.Error?.Message;
                if (result.Error is null)
                {
                    scored[result.Number] = Scored(
                        image,
                        caption,
                        result.Scores[0].Logit,
                        cosine?[result.Number],
                        result.Scores[0].Truncated
                    );
                }
            }
        }
        else
        {
            for (int i = 0; i < pairs.Count; i++)
                scored[i] = Scored(pairs[i].Image, pairs[i].Caption, cosine![i], null, clip.IsTruncated(pairs[i].Caption));
        }

        for (int i = 0; i < scored.Length; i++)
        {
            if (pairs[i].Line.Error is null)
                pairs[i].Line.Scores.AddRange(ScoreProbabilities.Add([scored[i]], scorer?.Head, null));
        }
    }

    private static ScoredPair Scored(ImageSource image, string caption, float score, float? cosine, bool truncated) =>
        new(null, image.Name, caption, score, cosine) { Truncated = truncated ? true : null };

    private float[] Cosines(List<(Line Line, ImageSource Image, string Caption)> pairs, CancellationToken cancellationToken)
    {
        ImageSource[] images = [.. pairs.Select(pair => pair.Image).Distinct()];
        string[] texts = [.. pairs.Select(pair => pair.Caption).Distinct(StringComparer.Ordinal)];
        var failed = new ConcurrentDictionary<ImageSource, string>();
        TokenEmbeddings pooled = clip.EncodeImageBatches([images], (image, error) => failed[image] = error.Message, cancellationToken)
            .Single()
            .Pooled;
        float[,] all = ClipScorer.Cosines(pooled, clip.EncodeTexts(texts, FewTokens, cancellationToken).Pooled);
        foreach ((Line line, ImageSource image, _) in pairs)
            line.Error ??= failed.GetValueOrDefault(image);
        var rows = images.Index().ToDictionary(image => image.Item, image => image.Index);
        var columns = texts.Index().ToDictionary(text => text.Item, text => text.Index, StringComparer.Ordinal);
        return [.. pairs.Select(pair => all[rows[pair.Image], columns[pair.Caption]])];
    }

    private static object Answer(Line line) =>
        line.Error is { } error
            ? new
            {
                line = line.Number,
                id = line.Id,
                image = line.Image,
                error,
            }
        : line.Caption is not null && line.Scores[0] is var one
            ? new
            {
                line = line.Number,
                id = line.Id,
                image = line.Image,
                caption = one.Caption,
                score = one.Score,
                probability = one.Probability,
                notJudged = one.NotJudged,
                cosine = one.Cosine,
                truncated = one.Truncated,
            }
        : new
        {
            line = line.Number,
            id = line.Id,
            image = line.Image,
            scores = line.Scores.Select(score => new
            {
                caption = score.Caption,
                score = score.Score,
                probability = score.Probability,
                notJudged = score.NotJudged,
                cosine = score.Cosine,
                truncated = score.Truncated,
            }),
        };

    /// <summary>A line, what it asks for, and the answer.</summary>
    private sealed class Line(int number)
    {
        public int Number => number;

        public JsonElement? Id { get; set; }

        public string? Image { get; set; }

        public ImageSource? Source { get; set; }

        public string? Caption { get; set; }

        public IReadOnlyList<string> Captions { get; set; } = [];

        public List<ScoredPair> Scores { get; } = [];

        public string? Error { get; set; }
    }
}
