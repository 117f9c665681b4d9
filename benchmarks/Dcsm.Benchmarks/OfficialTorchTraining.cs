using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Dcsm.Benchmarks;

/// <summary>
/// The official training of the head as its PyTorch program does it (<c>src/training/train.py</c>), on cached token embeddings:
/// the same operations of libtorch in the same order, and its own Adam.
/// </summary>
internal sealed class OfficialTorchTraining : IDisposable
{
    private readonly Conv2d _conv1, _conv2;
    private readonly Linear _fc1, _fc2;
    private readonly optim.Optimizer _adam;
    private readonly Tensor _functionalRows;
    private readonly Generator _random = new(1);
    private readonly Parameter[] _parameters;

    public OfficialTorchTraining(DcsmConfig config, DcsmHeadWeights start, double learningRate)
    {
        _conv1 = nn.Conv2d(1, config.Channels, 3, padding: 1);
        _conv2 = nn.Conv2d(config.Channels, config.Channels, 3, padding: 1);
        _fc1 = nn.Linear(config.Channels * config.ImageTokens * config.TextTokens, config.Hidden);
        _fc2 = nn.Linear(config.Hidden, 1);
        using (no_grad())
        {
            foreach ((Parameter? parameter, float[] values) in new (Parameter?, float[])[]
            {
                (_conv1.weight, start.Conv1Weight), (_conv1.bias, start.Conv1Bias), (_conv2.weight, start.Conv2Weight), (_conv2.bias, start.Conv2Bias),
                (_fc1.weight, start.Fc1Weight), (_fc1.bias, start.Fc1Bias), (_fc2.weight, start.Fc2Weight), (_fc2.bias, start.Fc2Bias),
            })
                parameter!.copy_(tensor(values, parameter.shape));
        }
        _parameters = [.. _conv1.parameters(), .. _conv2.parameters(), .. _fc1.parameters(), .. _fc2.parameters()];
        _adam = optim.Adam(_parameters, learningRate);
        _functionalRows = tensor(start.FunctionalRows, [config.Words.Words.Count, config.ImageTokens]);
    }

    /// <summary>One step.</summary>
    /// <param name="tellings">Each version of the samples: images and texts of [sets · samples, 2, tokens, dimension], and the functional row of each column, or −1.</param>
    /// <param name="sets">Data sets, one after the other.</param>
    /// <returns>The loss: of both versions together, a mean over the data sets.</returns>
    public double Step(IReadOnlyList<(Tensor Images, Tensor Texts, long[,,] Rows)> tellings, int sets)
    {
        _adam.zero_grad();
        double total = 0;
        int samples = (int)tellings[0].Images.shape[0] / sets;
        for (int set = 0; set < sets; set++)
            foreach ((Tensor allImages, Tensor allTexts, long[,,] rows) in tellings)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor images = Set(allImages, set, samples), texts = Set(allTexts, set, samples);
                Tensor maps = einsum("bqie,lpte->bpit", images.unsqueeze(1), texts.unsqueeze(0));
                maps = Place(maps, rows, set, samples);
                maps = (maps - maps.mean()) / maps.std();
                int n = 2 * samples;
                Tensor order1 = randperm(n, generator: _random), order2 = randperm(n, generator: _random);
                Tensor shuffled = maps.index_select(0, order1).index_select(1, order2);
                Tensor labels = eye(n).index_select(0, order1).index_select(1, order2);
                Tensor scores = Score(shuffled.reshape(n * n, 1, maps.shape[2], maps.shape[3])).view(n, n);
                Tensor loss = F.cross_entropy(scores, labels) + F.cross_entropy(scores.t(), labels.t());
                total += loss.item<float>();
                loss.backward();
            }
        using (no_grad())
        {
            foreach (Parameter parameter in _parameters)
                parameter.grad!.div_(sets);
        }
        _adam.step();
        return total / sets;
    }

    /// <summary>One step on maps that are made already: conv2d, backwards, Adam.</summary>
    /// <param name="maps">[groups, images, captions, imageTokens, textTokens]</param>
    /// <param name="loss">From scores [groups, images, captions].</param>
    public double Step(Tensor maps, Func<Tensor, Tensor> loss)
    {
        using DisposeScope scope = NewDisposeScope();
        _adam.zero_grad();
        Tensor total = loss(Score(maps.flatten(0, 2).unsqueeze(1)).view(maps.shape[0], maps.shape[1], maps.shape[2]));
        total.backward();
        _adam.step();
        return total.item<float>();
    }

    public void Dispose()
    {
        foreach (IDisposable part in new IDisposable[] { _conv1, _conv2, _fc1, _fc2, _adam, _functionalRows, _random })
            part.Dispose();
    }

    private Tensor Score(Tensor x)
    {
        x = F.relu(_conv1.call(x));
        x = F.relu(_conv2.call(x));
        return _fc2.call(F.relu(_fc1.call(x.view(x.shape[0], -1))));
    }

    /// <summary>Samples of a set, then their opposites.</summary>
    private static Tensor Set(Tensor all, int set, int samples) =>
        all.narrow(0, (long)set * samples, samples).transpose(0, 1).flatten(0, 1);

    private Tensor Place(Tensor maps, long[,,] rows, int set, int samples)
    {
        var placed = new List<Tensor>();
        int columns = (int)maps.shape[3];
        for (int k = 0; k < 2 * samples; k++)
        {
            Tensor map = maps.select(1, k);
            for (int column = 0; column < columns; column++)
            {
                long word = rows[(set * samples) + (k % samples), k / samples, column];
                if (word < 0)
                    continue;
                Tensor row = _functionalRows.narrow(0, word, 1).unsqueeze(2).repeat(maps.shape[0], 1, 1);
                map = cat([map.narrow(2, 0, column), row, map.narrow(2, column + 1, columns - column - 1)], -1);
            }
            placed.Add(map);
        }
        return stack(placed, dim: 1);
    }
}
