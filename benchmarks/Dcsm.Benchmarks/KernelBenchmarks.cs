using BenchmarkDotNet.Attributes;
using Dcsm.Benchmarks.Commands;
using Dcsm.Benchmarks.Compare;
using Dcsm.Benchmarks.Works;
using Dcsm.Clip.Int8;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Data.Benchmarks;
using Dcsm.Data.Pictures;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;
using Dcsm.Scoring.Engines;

namespace Dcsm.Benchmarks;

/// <summary>Each kernel of a score at the size of a ViT-B/16, on one core; operations are pairs, pictures or captions.</summary>
public unsafe class KernelBenchmarks
{
    // Two vectors of 8.
    private const int Lanes = 16;

    private readonly DcsmHead _head = Inputs.Head();
    private readonly ImageEncoding _image = Inputs.Images(1);
    private readonly TextEncoding _captions = Inputs.Captions(Lanes),
        _caption = Inputs.Captions(1);
    private readonly ClipTokenizer _tokenizer = ClipTokenizer.BuiltIn();
    private readonly ClipPreprocessor _preprocessor = new(224);
    private readonly RgbImage _picture = new(640, 480, PreprocessWork.Picture(640, 480));
    private RgbImage _cropped = null!;
    private DirectoryInfo _folder = null!;
    private readonly float[] _pixels = new float[3 * 224 * 224],
        _scores = new float[Lanes];
    private InterleavedShape _shape = null!;
    private InterleavedHead<FloatVector256> _interleaved = null!;
    private InterleavedWorkspace _work = null!;
    private AlignedFloats _packed = null!;
    private ColumnLayout[] _layouts = null!;

    // A layer of a ViT-B/16 with the rows of an image.
    private const int Rows = 198,
        Inputs8 = 768,
        Outputs8 = 768;
    private readonly AlignedFloats _rows = new(Rows * Inputs8),
        _outputs = new(Rows * Outputs8),
        _sums = new(Rows * Int8Linear.MostSums);
    private readonly QuantizedRows _quantized = new(Rows, Inputs8, Int8Linear.UsesRuntime);
    private FloatLinear _float32 = null!;
    private Int8Linear _int8 = null!;

    private string Jpeg => Path.Combine(_folder.FullName, "picture.jpg");

    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("dcsm-jpeg-");
        PictureFile.WriteJpeg(Jpeg, _picture.Pixels, _picture.Width, _picture.Height);
        _cropped = _preprocessor.Crop(_picture);
        _shape = new InterleavedShape(_head.Config, Lanes);
        _interleaved = new InterleavedHead<FloatVector256>(_shape, _head.Weights);
        _work = new InterleavedWorkspace(_shape);
        _packed = new AlignedFloats((long)_shape.TextTokens * _shape.Dimension * Lanes);
        _layouts = [.. _captions.Texts.Select(text => _head.Config.Words.Layout(text, _head.Config.Placement))];
        float[] weights = FormulaTensors.Values("weights", Inputs8 * Outputs8, 1, 0);
        _float32 = new FloatLinear(weights, Inputs8, Outputs8);
        _int8 = Int8Linear.Create(weights, new float[Outputs8], Inputs8, Outputs8);
        FormulaTensors.Values("rows", Rows * Inputs8, 1, 0).CopyTo(new Span<float>(_rows.Pointer, Rows * Inputs8));
        _quantized.Quantize(_rows.Pointer, Inputs8, Rows, Inputs8);
        PackCaptions();
        Map();
        Measure();
        Standardize();
    }

    [GlobalCleanup]
    public void Delete() => _folder.Delete(recursive: true);

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void PackCaptions()
    {
        fixed (float* texts = _captions.Tokens.Values)
        {
            Span<nint> starts = stackalloc nint[Lanes];
            for (int lane = 0; lane < Lanes; lane++)
                starts[lane] = (nint)(texts + (lane * _shape.TextTokens * _shape.Dimension));
            InterleavedPairs.PackCaptions(_shape, starts, _layouts, _packed.Pointer);
        }
    }

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Map()
    {
        fixed (float* tokens = _image.Tokens.Values)
            InterleavedPairs.FromCaptions<FloatVector256>(_shape, _work.Maps, tokens, _packed.Pointer);
    }

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void FunctionalRows()
    {
        for (int lane = 0; lane < Lanes; lane++)
            InterleavedPairs.PlaceRows(_work.Maps, lane, _layouts[lane], _head.Weights.FunctionalRows.Span);
    }

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Measure() => _work.Maps.Measure<FloatVector256>();

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Standardize() => _work.Maps.Standardize<FloatVector256>();

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void Convolutions() => ProfileCommand.Convolve(_interleaved, _shape, _work);

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void HiddenLayer()
    {
        const int Together = InterleavedHead<FloatVector256>.RowsTogether;
        int depth = _shape.FeatureChannels * _shape.TextTokens;
        for (int row = 0; row < _shape.ImageTokens; row += Together)
        {
            Gemm.AddPacked<FloatVector256>(
                _interleaved.HiddenWeights(row),
                _work.FeatureRow(0),
                _work.Hidden,
                _interleaved.HiddenTiles,
                Math.Min(Together, _shape.ImageTokens - row) * depth
            );
        }
    }

    [Benchmark(OperationsPerInvoke = Lanes)]
    public void WholeHead() => _interleaved.Run(_work, _scores);

    /// <summary>198 × 768 × 768, 0.234 GOP.</summary>
    [Benchmark]
    public void LinearFloat32() => _float32.Run(_rows.Pointer, Inputs8, _outputs.Pointer, Outputs8, Rows);

    /// <summary>The same in int8, from bytes to float32.</summary>
    [Benchmark]
    public void LinearInt8() => _int8.Run(_quantized, _outputs.Pointer, Outputs8, Rows, add: false, (int*)_sums.Pointer);

    [Benchmark]
    public float[,] OnePair() => _head.Score(_image, _caption, threads: 1);

    [Benchmark]
    public RgbImage Decode() => RgbImage.Load(Jpeg);

    [Benchmark]
    public RgbImage Resize() => _preprocessor.Crop(_picture);

    [Benchmark]
    public void Normalize() => _preprocessor.Normalize(_cropped.Pixels, _pixels);

    [Benchmark]
    public void DecodeResizeAndNormalize() => _preprocessor.PreprocessFile(Jpeg, _pixels);

    [Benchmark]
    public void ResizeAndNormalize() => _preprocessor.Preprocess(_picture, _pixels);

    [Benchmark]
    public TokenizedText Tokenize() => _tokenizer.Tokenize("A picture of a mug to the left of a small teapot", Inputs.TextTokens);
}
