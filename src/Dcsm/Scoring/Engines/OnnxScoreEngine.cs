using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Scoring.Engines;

/// <summary>
/// Maps and head by ONNX Runtime, made for graphics cards. Thread-safe. A head, which nobody disposes of, leaves it to the finalizer of the
/// session.
/// </summary>
internal sealed class OnnxScoreEngine : IScoreEngine, IDisposable
{
    // Numbers of one run that are held at a time: 256 MiB.
    private const long MostNumbers = 1 << 26;

    private static readonly string[] Inputs =
    [
        HeadGraph.Images,
        HeadGraph.Texts,
        HeadGraph.Rows,
        HeadGraph.GivenMean,
        HeadGraph.GivenScale,
    ];
    private static readonly string[] Outputs = [HeadGraph.Scores, HeadGraph.Means, HeadGraph.Squares];

    private readonly DcsmConfig _config;
    private readonly OnnxSession _session;
    private readonly int _atOnce;

    private OnnxScoreEngine(DcsmConfig config, OnnxSession session, int? atOnce)
    {
        (_config, _session) = (config, session);
        long map = (long)config.ImageTokens * config.TextTokens * (3 + (2 * config.Channels));
        _atOnce = atOnce ?? (int)Math.Clamp(MostNumbers / (map + ((long)config.ImageTokens * config.Dimension)), 1, 1 << 12);
    }

    /// <summary>The engine on a device.</summary>
    /// <param name="config">The head's sizes.</param>
    /// <param name="weights">Its numbers.</param>
    /// <param name="device">The device.</param>
    /// <param name="half">Whether products are computed in 16 bits.</param>
    /// <param name="atOnce">Pairs that are computed at once; null for as many as are held easily.</param>
    /// <returns>The engine; null where <see cref="ClipDevice.Auto"/> finds no graphics card.</returns>
    /// <exception cref="ArgumentException">The device can't be had.</exception>
    internal static OnnxScoreEngine? Create(
        DcsmConfig config,
        DcsmHeadWeights weights,
        ClipDevice device,
        bool half = false,
        int? atOnce = null
    ) =>
        OnnxSession.Open(() => HeadGraph.Create(config, weights, half), device) is { } session
            ? new OnnxScoreEngine(config, session, atOnce)
            : null;

    /// <inheritdoc/>
    public void Grid(TokenEmbeddings images, TokenEmbeddings texts, ColumnLayout[] layouts, ScoreOutput output, ParallelOptions parallel)
    {
        int size = _config.ImageTokens * _config.Dimension;
        int captionsAtOnce = Math.Max(1, Math.Min(texts.Count, _atOnce)),
            imagesAtOnce = Math.Max(1, _atOnce / captionsAtOnce);
        foreach (int[] captions in Enumerable.Range(0, texts.Count).Chunk(captionsAtOnce))
        {
            var captionInputs = new Captions(_config, texts, layouts, captions);
            for (int first = 0; first < images.Count; first += imagesAtOnce)
            {
                int count = Math.Min(imagesAtOnce, images.Count - first);
                int start = first;
                Run(
                    images.Values.Slice(first * size, count * size).ToArray(),
                    captionInputs,
                    [1, captions.Length],
                    count * captions.Length,
                    pair => ((start + (pair / captions.Length)) * texts.Count) + captions[pair % captions.Length],
                    output,
                    parallel.CancellationToken
                );
            }
        }
    }

    /// <inheritdoc/>
    public void Pairs(
        TokenEmbeddings images,
        TokenEmbeddings texts,
        ColumnLayout[] layouts,
        IReadOnlyList<(int Image, int Caption)> pairs,
        ScoreOutput output,
        ParallelOptions parallel
    )
    {
        for (int first = 0; first < pairs.Count; first += _atOnce)
        {
            (int Image, int Caption)[] some = [.. pairs.Skip(first).Take(_atOnce)];
            int start = first;
            Run(
                images.Take([.. some.Select(pair => pair.Image)]).Values.ToArray(),
                new Captions(_config, texts, layouts, [.. some.Select(pair => pair.Caption)]),
                [some.Length, 1],
                some.Length,
                pair => start + pair,
                output,
                parallel.CancellationToken
            );
        }
    }

    public void Dispose() => _session.Dispose();

    /// <param name="images">[images, imageTokens, dimension]</param>
    /// <param name="captions">The captions.</param>
    /// <param name="groups">Groups of captions, and captions of each.</param>
    /// <param name="pairs">How many pairs there are.</param>
    /// <param name="number">For each pair its number in the output.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    private void Run(
        float[] images,
        Captions captions,
        long[] groups,
        int pairs,
        Func<int, int> number,
        ScoreOutput output,
        CancellationToken cancellationToken
    )
    {
        float[] mean = [(float?)output.Together?.Mean ?? float.NaN],
            scale = [(float?)output.Together?.Scale ?? float.NaN];
        float[][] results = [new float[pairs], new float[pairs], new float[pairs]];
        long values = (long)_config.ImageTokens * _config.TextTokens;
        _session.Run(
            Inputs,
            [
                Value<float>(
                    images,
                    [images.Length / (_config.ImageTokens * _config.Dimension), 1, _config.ImageTokens, _config.Dimension]
                ),
                Value<float>(captions.Tokens, [.. groups, _config.TextTokens, _config.Dimension]),
                Value<long>(captions.Rows, [.. groups, _config.TextTokens]),
                Value<float>(mean, [1]),
                Value<float>(scale, [1]),
            ],
            Outputs,
            [.. results.Select(result => Value<float>(result, [pairs]))],
            cancellationToken
        );
        for (int pair = 0; pair < pairs; pair++)
        {
            var statistics = new MapStatistics(values, results[1][pair], results[2][pair]);
            if (output.Statistics is not null)
                output.Statistics[number(pair)] = statistics;
            if (output.Scores is not null)
                output.Scores[number(pair)] = output.Together is null && !statistics.IsFinite ? float.NaN : results[0][pair];
        }
    }

    private static OrtValue Value<T>(Memory<T> values, long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);

    /// <summary>Some captions as the graph reads them.</summary>
    private readonly record struct Captions
    {
        public Captions(DcsmConfig config, TokenEmbeddings texts, ColumnLayout[] layouts, int[] captions)
        {
            (int columns, int dimension) = (config.TextTokens, config.Dimension);
            Tokens = new float[checked(captions.Length * columns * dimension)];
            Rows = new long[captions.Length * columns];
            for (int i = 0; i < captions.Length; i++)
            {
                ColumnLayout layout = layouts[captions[i]];
                for (int column = 0; column < columns; column++)
                {
                    int place = (i * columns) + column;
                    Rows[place] = layout.Rows[column];
                    if (layout.Rows[column] < 0)
                    {
                        texts[captions[i]]
                            .Slice(layout.Tokens[column] * dimension, dimension)
                            .CopyTo(Tokens.AsSpan(place * dimension, dimension));
                    }
                }
            }
        }

        /// <summary>[captions, textTokens, dimension], each token in its column; zeros where a row stands.</summary>
        public float[] Tokens { get; }

        /// <summary>[captions, textTokens]</summary>
        public long[] Rows { get; }
    }
}
