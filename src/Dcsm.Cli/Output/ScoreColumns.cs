using System.Runtime.InteropServices;
using Dcsm.Cli.Inputs;
using Dcsm.Data.Columns;
using Dcsm.IO.Numpy;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Cli.Output;

/// <summary>Scores column by column, for programs that load them whole.</summary>
internal static class ScoreColumns
{
    /// <summary>As Parquet, with the columns of the CSV.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="cosine">Whether they have cosines.</param>
    /// <param name="layout">What else they have.</param>
    /// <param name="skipped">What was left out, asked for behind the scores.</param>
    public static void WriteParquet(
        Stream stream,
        IEnumerable<ScoredPair> scores,
        bool cosine,
        ScoreLayout layout,
        IEnumerable<SkippedPair> skipped
    )
    {
        List<(ParquetColumn Column, Func<ScoredPair, object?> Value, Func<SkippedPair, object?> Left)> columns =
        [
            (new("image", ParquetKind.Text), pair => pair.Image, pair => pair.Image),
            (new("caption", ParquetKind.Text), pair => pair.Caption, pair => pair.Caption),
            (new("score", ParquetKind.Single), pair => pair.Score, _ => null),
        ];
        if (layout.HasCalibration)
            columns.Add((new("probability", ParquetKind.Double), pair => pair.Probability, _ => null));
        if (layout.Softmax)
            columns.Add((new("softmax", ParquetKind.Double), pair => pair.Softmax, _ => null));
        if (cosine)
            columns.Add((new("cosine", ParquetKind.Single), pair => pair.Cosine, _ => null));
        if (layout.AnyTruncated)
            columns.Add((new("truncated", ParquetKind.Flag), pair => pair.Truncated == true, _ => null));
        if (layout.Skipped is not null)
            columns.Add((new("error", ParquetKind.Text), _ => null, pair => pair.Reason));
        string[] known = [.. columns.Select(column => column.Column.Name)];
        foreach (string name in layout.OtherColumns)
        {
            columns.Add(
                (
                    new(known.Contains(name) ? "input_" + name : name, ParquetKind.Text),
                    pair => pair.Columns?.GetValueOrDefault(name),
                    pair => pair.Columns?.GetValueOrDefault(name)
                )
            );
        }

        ParquetTable.Write(
            stream,
            [.. columns.Select(column => column.Column)],
            scores
                .Select(pair => columns.Select(column => column.Value(pair)).ToArray())
                .Concat(skipped.Select(pair => columns.Select(column => column.Left(pair)).ToArray()))
        );
    }

    /// <summary>The scores alone as an array of NumPy, in their order.</summary>
    public static void WriteNpy(Stream stream, IEnumerable<ScoredPair> scores)
    {
        var array = new NpyWriter(stream, columns: 0);
        foreach (ScoredPair[] some in scores.Chunk(1 << 12))
            array.Write(some.Select(pair => pair.Score).ToArray());
        array.Finish();
    }

    /// <summary>
    /// The numbers alone as tensors, in their order: score, and probability and cosine where they are; NaN where none is told.
    /// </summary>
    public static void WriteSafetensors(Stream stream, IEnumerable<ScoredPair> scores, bool cosine, ScoreLayout layout)
    {
        List<(string Name, Func<ScoredPair, float> Value, List<float> Values)> tensors = [];
        if (cosine)
            tensors.Add(("cosine", pair => pair.Cosine ?? float.NaN, []));
        if (layout.HasCalibration)
            tensors.Add(("probability", pair => (float)(pair.Probability ?? double.NaN), []));
        tensors.Add(("score", pair => pair.Score, []));
        foreach (ScoredPair pair in scores)
            tensors.ForEach(tensor => tensor.Values.Add(tensor.Value(pair)));
        stream.Write(
            SafetensorsWriter.Start(
                [.. tensors.Select(tensor => (tensor.Name, (IReadOnlyList<int>)[tensor.Values.Count]))],
                null,
                TensorType.F32
            )
        );
        foreach ((_, _, List<float> values) in tensors)
            stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)));
    }
}
