using Dcsm.Head;
using Dcsm.Training.Torch;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Heads;

/// <summary>The DCSM head (<c>CrossModalConvNetwork</c>) as functions of TorchSharp, for training.</summary>
/// <remarks>
/// libtorch has no good kernel for convolutions of so few channels. Here each is a product of matrices: the map's rows, three
/// at a time, times a banded matrix that the nine taps are spread over. That computes T/3 times the products and yet takes
/// half the time of <c>conv2d</c> for maps of some 20 columns.
/// </remarks>
internal sealed class TorchHead : IDisposable
{
    private readonly SortedDictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);
    private readonly DcsmConfig _config;
    private readonly Band[] _bands;

    public TorchHead(DcsmConfig config, DcsmHeadWeights start)
    {
        _config = config;
        foreach ((string name, int[] shape) in HeadTensors.Shapes(config).Where(tensor => tensor.Name != HeadTensors.FunctionalRows))
        {
            _parameters[name] = new Parameter(
                tensor(HeadTensors.Values(start, name).ToArray(), Array.ConvertAll(shape, size => (long)size))
            );
        }
        FunctionalRows = start.FunctionalRows.ToArray();
        _bands =
        [
            .. Enumerable
                .Range(1, config.Convolutions)
                .Select(layer => new Band(layer == 1 ? 1 : config.Channels, config.Channels, config.TextTokens)),
        ];
    }

    /// <summary>By the names of the official checkpoints.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>The constants that stand in the columns of functional words; not trained. [words, imageTokens]</summary>
    public float[] FunctionalRows { get; }

    /// <summary>Whether the parameters are in the processor's own memory.</summary>
    public bool IsOnCpu => _parameters["fc1.weight"].device_type == TorchSharp.DeviceType.CPU;

    /// <summary>Takes other numbers; parameters that are not named stay as they are.</summary>
    public void Set(IReadOnlyDictionary<string, (int[] Shape, float[] Values)> weights)
    {
        foreach ((string name, (_, float[] values)) in weights)
            _parameters[name].Set(values);
    }

    /// <summary>The head's numbers as they stand.</summary>
    public DcsmHeadWeights ToWeights() =>
        HeadTensors.Assemble(_config, name => name == HeadTensors.FunctionalRows ? FunctionalRows : _parameters[name].Values().Values);

    /// <summary>Scores of standardized maps.</summary>
    /// <param name="maps">[maps, imageTokens, textTokens].</param>
    /// <param name="dropout">What to drop; null for none.</param>
    /// <returns>[maps].</returns>
    public Tensor Score(Tensor maps, HeadDropout? dropout = null)
    {
        int channels = _config.FeatureChannels,
            hidden = _config.Hidden,
            rows = _config.ImageTokens,
            columns = _config.TextTokens;
        Tensor h = maps; // [maps, imageTokens, channels · textTokens]
        for (int layer = 1; layer <= _bands.Length; layer++)
        {
            h = F.relu(Convolve(h, $"conv{layer}", _bands[layer - 1]));
            h = dropout?.Channels(h, channels) ?? h;
        }
        // The official order of fc1's inputs is channel, image token, text token: turned here, where it is small.
        Tensor fc1 = _parameters["fc1.weight"].reshape(hidden, channels, rows, columns).transpose(1, 2).reshape(hidden, -1);
        h = F.relu(F.linear(h.flatten(1), fc1, _parameters["fc1.bias"]));
        h = dropout?.Units(h) ?? h;
        Tensor scores = F.linear(h, _parameters["fc2.weight"], _parameters["fc2.bias"]).squeeze(1);
        return dropout?.Scores(scores) ?? scores;
    }

    public void Dispose()
    {
        foreach (Parameter parameter in _parameters.Values)
            parameter.Dispose();
        foreach (Band band in _bands)
            band.Dispose();
    }

    /// <summary>A 3 × 3 convolution, padded by 1.</summary>
    /// <param name="x">[maps, imageTokens, inputs · textTokens].</param>
    /// <param name="name">Whose weights.</param>
    /// <param name="band">Where in the matrix they go.</param>
    /// <returns>[maps, imageTokens, outputs · textTokens].</returns>
    private Tensor Convolve(Tensor x, string name, Band band)
    {
        long maps = x.shape[0],
            rows = x.shape[1];
        Tensor padded = F.pad(x, [0, 0, 1, 1]);
        Tensor threes = cat([padded.narrow(1, 0, rows), padded.narrow(1, 1, rows), padded.narrow(1, 2, rows)], 2);
        Tensor bias = _parameters[$"{name}.bias"].repeat_interleave(_config.TextTokens);
        return addmm(bias, threes.flatten(0, 1), band.Spread(_parameters[$"{name}.weight"]), 1, 1).unflatten(0, [maps, rows]);
    }

    /// <summary>The places of a 3 × 3 kernel's taps in a matrix from three rows of all inputs to one row of all outputs.</summary>
    private sealed class Band : IDisposable
    {
        private readonly Tensor _taps,
            _inside;
        private readonly long _height,
            _width;

        public Band(int inputs, int outputs, int columns)
        {
            (_height, _width) = (3L * inputs * columns, (long)outputs * columns);
            long[] taps = new long[_height * _width];
            float[] inside = new float[taps.Length];
            long at = 0;
            for (int dy = 0; dy < 3; dy++)
            {
                for (int input = 0; input < inputs; input++)
                {
                    for (int from = 0; from < columns; from++)
                    {
                        for (int output = 0; output < outputs; output++)
                        {
                            for (int to = 0; to < columns; to++, at++)
                            {
                                int dx = from - to + 1;
                                if (dx is < 0 or > 2)
                                    continue;
                                taps[at] = ((((output * inputs) + input) * 3) + dy) * 3 + dx;
                                inside[at] = 1;
                            }
                        }
                    }
                }
            }

            (_taps, _inside) = (tensor(taps), tensor(inside));
        }

        /// <summary>[outputs, inputs, 3, 3] → [3 · inputs · columns, outputs · columns].</summary>
        public Tensor Spread(Tensor kernel) => (kernel.flatten().index_select(0, _taps) * _inside).reshape(_height, _width);

        public void Dispose()
        {
            _taps.Dispose();
            _inside.Dispose();
        }
    }
}
