using System.CommandLine;
using System.Runtime.InteropServices;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Data.Columns;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.IO.Numpy;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm export</c>: CLIP's own embeddings of what <c>dcsm encode</c> wrote, for other programs.</summary>
internal sealed class ExportCommand
{
    private const int RowsAtOnce = 1 << 10;

    private readonly Argument<string> _directory = new("DIR") { Description = "A folder that 'dcsm encode' wrote." };
    private readonly Option<string> _out = new("--out", "-o")
    {
        Description =
            "The file, as its ending says: .parquet with names, .npy or .safetensors with the rows alone, in the order of the list.",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<bool> _captions = new("--captions") { Description = "Embeddings of the captions, not of the pictures." };

    public static Command Create() => new ExportCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "export",
            "Writes pooled embeddings, one vector of unit length a picture or caption, for search engines, NumPy and data frames."
        )
        {
            _directory,
            _out,
            _captions,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(_out) is { } file && ScoreFormat.Of(file) is not ("parquet" or "npy" or "safetensors"))
                result.AddError($"--out {file}: the ending must be .parquet, .npy or .safetensors.");
        });
        return command
            .WithExamples("dcsm export out/embeddings --out pictures.parquet", "dcsm export out/embeddings --captions --out captions.npy")
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using var store = TokenEmbeddingStore.Open(parse.GetValue(_directory)!);
        string file = parse.GetValue(_out)!;
        bool captions = parse.GetValue(_captions);
        int count = captions ? store.Info.Captions : store.Info.Images;
        if (count == 0)
            throw new InvalidDataException($"{store.Directory}: holds no {(captions ? "captions" : "pictures")}");
        IEnumerable<TokenEmbeddings> rows = Enumerable
            .Range(0, count)
            .Chunk(RowsAtOnce)
            .Select(some =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return captions ? store.ReadPooledCaptions(some) : store.ReadPooledImages(some[0], some.Length);
            });
        AtomicFile.Write(file, stream => Write(stream, ScoreFormat.Of(file)!, store, captions, count, rows));
        string what = NumberText.Count(count, captions ? "caption" : "picture");
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    file,
                    rows = count,
                    dimension = store.Info.Dimension,
                }
            );
            return;
        }

        terminal.Remark($"{what} of {store.Info.Dimension} numbers each in {file}");
    }

    private static void Write(
        Stream stream,
        string format,
        TokenEmbeddingStore store,
        bool captions,
        int count,
        IEnumerable<TokenEmbeddings> rows
    )
    {
        switch (format)
        {
            case "parquet":
                ParquetTable.Write(
                    stream,
                    [new(captions ? "caption" : "image", ParquetKind.Text), new("embedding", ParquetKind.Vector)],
                    rows.SelectMany(some => Enumerable.Range(0, some.Count).Select(i => (ReadOnlyMemory<float>)some[i].ToArray()))
                        .Select((vector, row) => new object?[] { captions ? store.Caption(row) : store.Image(row).Name, vector })
                );
                break;
            case "npy":
                var array = new NpyWriter(stream, store.Info.Dimension);
                foreach (TokenEmbeddings some in rows)
                    array.Write(some.Values);
                array.Finish();
                break;
            default:
                stream.Write(
                    SafetensorsWriter.Start(
                        [("pooled", [count, store.Info.Dimension])],
                        new Dictionary<string, string> { ["clip"] = store.Info.ClipFingerprint },
                        TensorType.F32
                    )
                );
                foreach (TokenEmbeddings some in rows)
                    stream.Write(MemoryMarshal.AsBytes(some.Values));
                break;
        }
    }
}
