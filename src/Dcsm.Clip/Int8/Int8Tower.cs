using System.Collections.Concurrent;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.IO.Tensors;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Rows;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Int8;

/// <summary>
/// The image tower of a CLIP, SigLIP or BLIP with its linear layers in int8, quantized when it is opened; patches, layer norms, attention
/// and what follows the layers are computed in float32.
/// </summary>
/// <remarks>
/// Nothing but attention looks beyond a row, so threads take rows from one layer's attention to the next one's keys and values
/// and wait for each other but there. No sum depends on which rows are taken together.
/// </remarks>
internal sealed unsafe class Int8Tower : IImageTower
{
    // In tiles of the kernel; few enough for a thread's rows to stay in the second cache. ONNX Runtime, whose products are faster, would
    // have to fetch weights too often for so few rows.
    private static readonly int MostTiles = Int8Linear.UsesRuntime ? 33 : 11;

    // More, and their activations would drive weights out of the last cache.
    private const int MostImages = 4;

    private readonly ClipVisionConfig _vision;
    private readonly SelfAttention _attention;
    private readonly FloatLinear _patches;
    private readonly FloatLinear? _projection;
    private readonly float[] _positions;
    private readonly float[]? _class,
        _patchBias;
    private readonly LayerNorm? _before;
    private readonly LayerNorm _after;
    private readonly OnnxTower? _head;
    private readonly Int8Layer[] _layers;
    private readonly int _threads,
        _stride,
        _tokens,
        _dimension;
    private readonly float _epsilon;
    private readonly ConcurrentBag<Int8Workspace> _workspaces = [];
    private readonly ConcurrentBag<Int8Images> _images = [];

    /// <param name="weights">The weights, by the names that graphs know them by.</param>
    /// <param name="config">The architecture.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="head">What follows the last layer norm; null where it is a projection.</param>
    public Int8Tower(ClipWeights weights, ClipConfig config, ClipOptions options, OnnxGraph? head)
    {
        const string Embeddings = "vision_model.embeddings",
            Before = "vision_model.pre_layrnorm";
        _vision = config.Vision;
        _dimension = config.ProjectionDim;
        _threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        _stride = RowKernels.Stride(_vision.HiddenSize);
        _epsilon = (float)_vision.LayerNormEpsilon;
        _class = ReadIfThere($"{Embeddings}.class_embedding");
        _tokens = (_vision.Grid * _vision.Grid) + (_class is null ? 0 : 1);
        _attention = new SelfAttention(_tokens, _vision.HiddenSize, _vision.Heads);
        _patches = new FloatLinear(
            Read($"{Embeddings}.patch_embedding.weight"),
            _vision.Channels * _vision.PatchSize * _vision.PatchSize,
            _vision.HiddenSize
        );
        _patchBias = head is null ? null : Read($"{Embeddings}.patch_embedding.bias");
        _positions = Read($"{Embeddings}.position_embedding.weight");
        _before = ReadIfThere($"{Before}.weight") is { } gamma ? new LayerNorm(gamma, Read($"{Before}.bias")) : null;
        _projection = head is null ? new FloatLinear(Read("visual_projection.weight"), _vision.HiddenSize, _dimension) : null;
        _head = head is null ? null : new OnnxTower(head, "head", weights, _dimension, options);
        _after = new LayerNorm(Read("vision_model.post_layernorm.weight"), Read("vision_model.post_layernorm.bias"));
        _layers = new Int8Layer[_vision.Layers];
        Parallel.For(
            0,
            _layers.Length,
            new ParallelOptions { MaxDegreeOfParallelism = _threads },
            layer => _layers[layer] = new Int8Layer(_vision, $"{TransformerGraph.VisionLayers}.{layer}", Read)
        );

        float[] Read(string name) => weights.Tensors[name].Read();
        float[]? ReadIfThere(string name) => weights.Tensors.TryGetValue(name, out StoredTensor? tensor) ? tensor.Read() : null;
    }

    // Of a token, as it leaves this: its embedding, or what the head reads.
    private int Written => _projection?.Outputs ?? _vision.HiddenSize;

    public void Encode(ReadOnlyMemory<float> pixels, int count, Memory<float> embeddings, CancellationToken cancellationToken)
    {
        if (!_images.TryTake(out Int8Images? images))
            images = new Int8Images(Math.Max(MostImages, Math.Min(_threads, 16)), _tokens, _stride, _attention);
        int imageLength = _vision.Channels * _vision.ImageSize * _vision.ImageSize,
            tokensLength = _tokens * Written;
        float[] features = new float[_head is null ? 0 : Math.Min(count, images.Count) * tokensLength];
        for (int first = 0; first < count; first += images.Count)
        {
            int together = Math.Min(images.Count, count - first);
            fixed (
                float* from = pixels.Span,
                    to = _head is null ? embeddings.Span[(first * tokensLength)..] : features
            )
            {
                RunTogether(images, from + ((nint)first * imageLength), to, together, cancellationToken);
            }

            if (_head is not null)
                RunHead(_head, features, embeddings, first, together, cancellationToken);
        }
        _images.Add(images);
    }

    public void Dispose()
    {
        foreach (Int8Layer layer in _layers)
            layer.Dispose();
        _head?.Dispose();
    }

    private void RunHead(
        OnnxTower head,
        float[] features,
        Memory<float> embeddings,
        int first,
        int count,
        CancellationToken cancellationToken
    )
    {
        var seen = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            features.AsMemory(0, count * _tokens * _vision.HiddenSize),
            [count, _tokens, _vision.HiddenSize]
        );
        int length = _vision.Tokens * _dimension;
        head.Run(
            [TransformerGraph.Features],
            [seen],
            embeddings.Slice(first * length, count * length),
            count * _vision.Tokens,
            cancellationToken
        );
    }

    private void RunTogether(Int8Images images, float* pixels, float* embeddings, int count, CancellationToken cancellationToken)
    {
        // As many pieces of work as threads can share evenly.
        int tiles = (_tokens + Int8Kernel.TileRows - 1) / Int8Kernel.TileRows;
        int pieces = (tiles + MostTiles - 1) / MostTiles;
        while (pieces < tiles && count * pieces % _threads != 0)
            pieces++;
        for (int layer = 0; layer <= _layers.Length; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (int next, int now) = (-1, layer);
            Parallel.For(
                0,
                Math.Min(_threads, count * pieces),
                new ParallelOptions { MaxDegreeOfParallelism = _threads },
                _ =>
                {
                    if (!_workspaces.TryTake(out Int8Workspace? work))
                        work = new Int8Workspace(MostTiles * Int8Kernel.TileRows, _vision, _attention, Written);
                    for (int piece; (piece = Interlocked.Increment(ref next)) < count * pieces; )
                    {
                        (int image, int part) = (piece / pieces, piece % pieces);
                        int from = tiles * part / pieces * Int8Kernel.TileRows;
                        int to = Math.Min(_tokens, tiles * (part + 1) / pieces * Int8Kernel.TileRows);
                        RunRows(images, image, pixels, embeddings, from, to - from, now, work);
                    }
                    _workspaces.Add(work);
                }
            );
        }
    }

    /// <summary>Takes rows from a layer's keys and values to the next one's.</summary>
    private void RunRows(Int8Images images, int image, float* pixels, float* embeddings, int from, int rows, int layer, Int8Workspace work)
    {
        (int width, nint stride) = (_vision.HiddenSize, (nint)_stride);
        float* x = images.Rows(image) + (from * stride),
            queries = images.Queries(image) + (from * stride);
        float* narrow = work.Narrow.Pointer,
            wide = work.Wide.Pointer;
        QuantizedRows quantized = work.Quantized;
        int* sums = (int*)work.Sums.Pointer;
        if (layer == 0)
        {
            Embed(pixels + ((nint)image * _vision.Channels * _vision.ImageSize * _vision.ImageSize), x, from, rows, wide);
        }
        else
        {
            Int8Layer last = _layers[layer - 1];
            _attention.Run(queries, images.KeysAndValues(image, layer - 1), narrow, stride, rows, wide);
            quantized.Quantize(narrow, stride, rows, width);
            last.Out.Run(quantized, x, stride, rows, add: true, sums);
            Normalize(last.Norm2, x, rows, narrow, quantized);
            nint hidden = RowKernels.Stride(last.Fc1.Outputs);
            last.Fc1.Run(quantized, wide, hidden, rows, add: false, sums);
            quantized.Begin(last.Fc1.Outputs);
            for (int row = 0; row < rows; row++)
            {
                Activate(wide + (row * hidden), last.Fc1.Outputs);
                quantized.Put(row, wide + (row * hidden));
            }
            last.Fc2.Run(quantized, x, stride, rows, add: true, sums);
        }
        if (layer < _layers.Length)
        {
            Int8Layer next = _layers[layer];
            Normalize(next.Norm1, x, rows, narrow, quantized);
            nint three = RowKernels.Stride(3 * width);
            next.QueriesKeysValues.Run(quantized, wide, three, rows, add: false, sums);
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(wide + (row * three), width).CopyTo(new Span<float>(queries + (row * stride), width));
            _attention.Store(wide + width, wide + (2 * width), three, from, rows, images.KeysAndValues(image, layer));
        }
        else
        {
            _after.Run(x, stride, narrow, stride, rows, width, _epsilon);
            Write(narrow, wide, embeddings + ((((nint)image * _tokens) + from) * Written), rows);
        }
    }

    private void Activate(float* row, int count)
    {
        if (_vision.Activation == ClipActivation.QuickGelu)
            RowKernels.Widest.QuickGelu(row, count);
        else if (_vision.Activation == ClipActivation.TanhGelu)
            RowKernels.Widest.TanhGelu(row, count);
        else
            RowKernels.Widest.Gelu(row, count);
    }

    /// <summary>Rows as they leave: projected and of unit length, or as the head reads them.</summary>
    private void Write(float* normalized, float* projected, float* to, int rows)
    {
        nint stride = _stride;
        float* from = normalized;
        if (_projection is not null)
        {
            from = projected;
            stride = RowKernels.Stride(_projection.Outputs);
            _projection.Run(normalized, _stride, projected, stride, rows);
            for (int row = 0; row < rows; row++)
                RowKernels.Normalize(projected + (row * stride), _projection.Outputs);
        }

        for (int row = 0; row < rows; row++)
            new ReadOnlySpan<float>(from + (row * stride), Written).CopyTo(new Span<float>(to + ((nint)row * Written), Written));
    }

    /// <summary>Layer norm and quantization, row by row while it is near.</summary>
    private void Normalize(LayerNorm norm, float* x, int rows, float* normalized, QuantizedRows quantized)
    {
        int width = _vision.HiddenSize;
        quantized.Begin(width);
        for (int row = 0; row < rows; row++)
        {
            norm.Run(x + ((nint)row * _stride), _stride, normalized, _stride, 1, width, _epsilon);
            quantized.Put(row, normalized);
        }
    }

    private void Embed(float* pixels, float* x, int from, int rows, float* patches)
    {
        (int patch, int grid, int side) = (_vision.PatchSize, _vision.Grid, _vision.ImageSize);
        float* to = patches;
        for (int row = 0; row < rows; row++)
        {
            // The class token has no patch; what is computed of this one is overwritten.
            int place = _class is null ? from + row : Math.Max(0, from + row - 1);
            float* corner = pixels + ((nint)place / grid * patch * side) + (place % grid * patch);
            for (int channel = 0; channel < _vision.Channels; channel++)
            {
                for (int y = 0; y < patch; y++, to += patch)
                    new ReadOnlySpan<float>(corner + (((nint)channel * side) + y) * side, patch).CopyTo(new Span<float>(to, patch));
            }
        }
        _patches.Run(patches, _patches.Inputs, x, _stride, rows);
        for (int row = 0; row < rows; row++)
        {
            var token = new Span<float>(x + (nint)row * _stride, _vision.HiddenSize);
            if (_class is not null && from + row == 0)
                _class.CopyTo(token);
            else if (_patchBias is not null)
                System.Numerics.Tensors.TensorPrimitives.Add(token, _patchBias, token);
            System.Numerics.Tensors.TensorPrimitives.Add(token, _positions.AsSpan((from + row) * token.Length, token.Length), token);
        }
        _before?.Run(x, _stride, x, _stride, rows, _vision.HiddenSize, _epsilon);
    }
}
