using Dcsm.Head;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Benchmarks.Peers;

/// <summary>
/// Peer (a): the published DCSM code in libtorch, line by line (<c>evaluating/run_evals.py</c>, <c>training/train.py</c>,
/// <c>util/models_and_dataloaders.py</c>): one einsum for the maps, a loop over captions that cuts and joins columns,
/// standardization, conv2d, linear, Adam.
/// </summary>
internal sealed class OfficialHead : IDisposable
{
    private readonly Dictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);
    private readonly DcsmConfig _config;
    private readonly Tensor _functionalRows;
    private readonly optim.Optimizer _adam;

    public OfficialHead(DcsmHead head, double learningRate = 1e-3)
    {
        _config = head.Config;
        foreach ((string name, int[] shape) in HeadTensors.Shapes(_config).Where(t => t.Name != HeadTensors.FunctionalRows))
        {
            _parameters[name] = new Parameter(
                tensor(HeadTensors.Values(head.Weights, name).ToArray(), Array.ConvertAll(shape, size => (long)size))
            );
        }
        _functionalRows = tensor(head.Weights.FunctionalRows.ToArray(), [_config.Words.Words.Count, _config.ImageTokens]);
        _adam = optim.Adam(_parameters.Values, lr: learningRate);
    }

    /// <summary>Scores of all images with all captions, without gradients.</summary>
    /// <param name="images">[images, imageTokens, dimension].</param>
    /// <param name="texts">[captions, textTokens, dimension].</param>
    /// <param name="captions">Their words.</param>
    /// <param name="imagesAtATime">How many images go through one call of the head; the published code has one batch of everything.</param>
    public float[] Score(Tensor images, Tensor texts, IReadOnlyList<string> captions, int imagesAtATime)
    {
        using IDisposable noGradient = no_grad();
        var scores = new List<float>();
        for (long first = 0; first < images.shape[0]; first += imagesAtATime)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor batch = images.narrow(0, first, Math.Min(imagesAtATime, images.shape[0] - first));
            scores.AddRange(Network(Standardize(Maps(batch, texts, captions), perMap: true)).flatten().data<float>().ToArray());
        }
        return [.. scores];
    }

    /// <summary>One optimizer step: per data set and version 16 images and 16 captions; gradients are summed, then divided by 3.</summary>
    /// <param name="batches">
    /// Data set by data set, version by version: [images, imageTokens, dimension], [captions, textTokens, dimension] and the
    /// captions' words.
    /// </param>
    /// <param name="sets">Number of data sets.</param>
    /// <returns>The sum of the losses over the number of data sets.</returns>
    public double Train(IEnumerable<(Tensor Images, Tensor Texts, IReadOnlyList<string> Captions)> batches, int sets)
    {
        using DisposeScope scope = NewDisposeScope();
        _adam.zero_grad();
        double sum = 0;
        foreach ((Tensor images, Tensor texts, IReadOnlyList<string> captions) in batches)
            sum += Backward(images, texts, captions);
        using (no_grad())
        {
            foreach (Parameter parameter in _parameters.Values)
                parameter.grad!.div_(sets);
        }
        _adam.step();
        return sum / sets;
    }

    /// <summary>One optimizer step on maps that are made already.</summary>
    /// <param name="maps">[groups, images, captions, imageTokens, textTokens]</param>
    /// <param name="loss">From scores [groups, images, captions].</param>
    public double Train(Tensor maps, Func<Tensor, Tensor> loss)
    {
        using DisposeScope scope = NewDisposeScope();
        _adam.zero_grad();
        Tensor total = loss(Network(maps.flatten(0, 1)).view(maps.shape[0], maps.shape[1], maps.shape[2]));
        total.backward();
        _adam.step();
        return total.item<float>();
    }

    /// <summary>Loss and gradients of one matrix.</summary>
    public double Backward(Tensor images, Tensor texts, IReadOnlyList<string> captions)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor maps = Standardize(Maps(images, texts, captions), perMap: false);
        Tensor shuffle1 = randperm(maps.shape[0]),
            shuffle2 = randperm(maps.shape[1]);
        maps = maps.index_select(0, shuffle1).index_select(1, shuffle2);
        Tensor scores = Network(maps).squeeze();
        Tensor labels = eye(scores.shape[0]).index_select(0, shuffle1).index_select(1, shuffle2);
        Tensor loss = F.cross_entropy(scores, labels) + F.cross_entropy(scores.t(), labels.t());
        loss.backward();
        return loss.item<float>();
    }

    public void Dispose()
    {
        _adam.Dispose();
        _functionalRows.Dispose();
        foreach (Parameter parameter in _parameters.Values)
            parameter.Dispose();
    }

    /// <summary>[images, captions, imageTokens, textTokens], functional rows in place.</summary>
    private Tensor Maps(Tensor images, Tensor texts, IReadOnlyList<string> captions)
    {
        Tensor maps = einsum("bqie,lpte->bpit", images.unsqueeze(1), texts.unsqueeze(0));
        var placed = new List<Tensor>(captions.Count);
        for (int k = 0; k < captions.Count; k++)
        {
            string[] sentence = captions[k].Split(' ');
            Tensor own = maps.select(1, k);
            for (int word = 0; word < _config.Words.Words.Count; word++)
            {
                int at = Array.IndexOf(sentence, _config.Words.Words[word]);
                if (at < 0)
                    continue;
                Tensor row = _functionalRows.select(0, word).view(1, -1, 1).repeat(images.shape[0], 1, 1);
                own = cat([own.narrow(2, 0, at), row, own.narrow(2, at + 1, own.shape[2] - at - 1)], -1);
            }
            placed.Add(own);
        }
        return stack(placed, 1);
    }

    // The published code standardizes a whole call together; scores of ours are compared map by map, at the same cost.
    private static Tensor Standardize(Tensor maps, bool perMap) =>
        perMap
            ? (maps - maps.mean([2, 3], keepdim: true)) / maps.flatten(2).std(2, unbiased: true, keepdim: true).unsqueeze(3)
            : (maps - maps.mean()) / maps.std();

    private Tensor Network(Tensor maps)
    {
        long images = maps.shape[0],
            captions = maps.shape[1];
        Tensor x = maps.unsqueeze(2).reshape(images * captions, 1, maps.shape[2], maps.shape[3]);
        x = F.relu(F.conv2d(x, _parameters["conv1.weight"], _parameters["conv1.bias"], padding: [1, 1]));
        x = F.relu(F.conv2d(x, _parameters["conv2.weight"], _parameters["conv2.bias"], padding: [1, 1]));
        x = F.relu(F.linear(x.view(images * captions, -1), _parameters["fc1.weight"], _parameters["fc1.bias"]));
        return F.linear(x, _parameters["fc2.weight"], _parameters["fc2.bias"]).view(images, captions, 1);
    }
}
