using System.Globalization;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

/// <summary>Repeats steps of the official training that were recorded from the DCSM repository's own <c>run_training</c>.</summary>
public static class OfficialTrainingGoldens
{
    // A step's loss is a mean over the data sets of the sum of two directions in two versions, each within 1e-5.
    private const double LossTolerance = 4e-5;
    private const string NoiseOnly = "fc2.bias"; // its gradient is 0 but for rounding, which Adam makes steps of

    /// <summary>Makes the comparisons of a folder <c>official-dcsm</c>; none where it holds no training.</summary>
    /// <param name="folder">
    /// The folder with <c>train_inputs.safetensors</c>, <c>train_expected.safetensors</c>, <c>train_captions.json</c>,
    /// <c>train_head_formula.json</c>.
    /// </param>
    /// <exception cref="FileNotFoundException">One of those is missing.</exception>
    /// <exception cref="InvalidDataException">One of them is damaged.</exception>
    public static IEnumerable<GoldenCheck> Verify(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!File.Exists(Path.Combine(folder, "train_inputs.safetensors")))
            yield break;
        TorchNative.EnsureLoaded();
        using var inputs = SafetensorsFile.Open(Path.Combine(folder, "train_inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "train_expected.safetensors"));
        using var captions = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "train_captions.json")));
        const string Case = "official-dcsm/train_*";
        HeadTrainingOptions options = HeadTrainingOptions.Official;
        DcsmConfig config = Config(inputs, options);
        int steps = captions.RootElement.GetArrayLength(),
            sets = captions.RootElement[0].EnumerateObject().Count();

        using var head = new TorchHead(
            config,
            FormulaTensors.Read(Path.Combine(folder, "train_head_formula.json")).Head(inputs.ReadFloat32("functional_rows"))
        );
        var adam = new AdamW(head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8);
        using var step = new HeadTrainingStep(config, options, sets, head, adam);
        for (int s = 0; s < steps; s++)
        {
            List<GoldenCheck> checks = [];
            using (NewDisposeScope())
            {
                HeadBatch[] versions =
                [
                    .. Enumerable.Range(0, 2).Select(version => Batch(inputs, captions.RootElement[s], s, version, sets, config)),
                ];
                checks.AddRange(Maps(Case, expected, head, config, versions, s, sets));
                (double loss, _) = step.Run(versions, options.LearningRate);
                double wanted =
                    expected
                        .Names.Where(name =>
                            name.StartsWith($"step{s}.", StringComparison.Ordinal) && name.Contains(".loss_", StringComparison.Ordinal)
                        )
                        .Sum(name => (double)expected.ReadFloat32(name)[0]) / sets;
                checks.Add(new GoldenCheck(Case, At(s, "loss"), Math.Abs(wanted - loss), LossTolerance));
                checks.AddRange(head.Parameters.Where(p => p.Key != NoiseOnly).Select(p => Gradient(Case, expected, s, p.Key, p.Value)));
            }

            foreach (GoldenCheck check in checks)
                yield return check;
        }

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in head.Parameters.Where(p => p.Key != NoiseOnly))
        {
            float[] wanted = expected.ReadFloat32($"final.{name}"),
                found = [.. parameter.data<float>()];
            double[] errors = [.. wanted.Zip(found, (a, b) => (double)Math.Abs(a - b))];
            yield return new GoldenCheck(
                Case,
                $"{name} after the last step, root mean square",
                Math.Sqrt(errors.Average(e => e * e)),
                1e-6
            );
            yield return new GoldenCheck(
                Case,
                $"{name} after the last step, entries off by more than 1e-5",
                errors.Count(e => e > 1e-5),
                name == "fc1.weight" ? 20 : 0
            );
        }
    }

    private static DcsmConfig Config(SafetensorsFile inputs, HeadTrainingOptions options)
    {
        IReadOnlyList<int> image = inputs.Get("step0.dataset_0.version0.image_tokens").Shape,
            text = inputs.Get("step0.dataset_0.version0.text_tokens").Shape;
        return new DcsmConfig
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = image[1],
            TextTokens = text[1],
            Dimension = image[2],
            Words = FunctionalWordList.Official,
            Placement = options.Placement,
            Standardization = options.Standardization,
        };
    }

    private static IEnumerable<GoldenCheck> Maps(
        string @case,
        SafetensorsFile expected,
        TorchHead head,
        DcsmConfig config,
        HeadBatch[] versions,
        int step,
        int sets
    )
    {
        Tensor rows = tensor(head.FunctionalRows.ToArray(), [config.Words.Words.Count, config.ImageTokens]);
        for (int version = 0; version < versions.Length; version++)
        {
            Tensor? maps = null;
            for (int set = 0; set < sets; set++)
            {
                string name = $"step{step}.dataset_{set}.version{version}.map_standardized";
                if (!expected.Contains(name))
                    continue;
                int samples = (int)versions[version].Images.shape[0] / sets;
                maps ??= versions[version].Join(samples).Maps(rows, standardizedTogether: sets);
                float[] found = [.. maps[set].narrow(0, 0, 2).contiguous().data<float>()];
                yield return GoldenCheck.Values(@case, name, expected.ReadFloat32(name), found, 1e-5);
            }
        }
    }

    // In units of the gradient's norm; of the widest layer only the first rows are recorded.
    private static GoldenCheck Gradient(
        string @case,
        SafetensorsFile expected,
        int step,
        string name,
        TorchSharp.Modules.Parameter parameter
    )
    {
        float[] wanted = expected.ReadFloat32($"step{step}.grad.{name}");
        float[] found = [.. parameter.grad!.contiguous().data<float>()];
        double norm = expected.ReadFloat32($"step{step}.gradnorm.{name}")[0];
        return new GoldenCheck(
            @case,
            At(step, $"gradient of {name} over its norm"),
            GoldenCheck.Furthest(wanted, found.AsSpan(0, wanted.Length)) / norm,
            1e-5
        );
    }

    private static string At(int step, string what) => string.Create(CultureInfo.InvariantCulture, $"step {step}, {what}");

    private static HeadBatch Batch(SafetensorsFile inputs, JsonElement captions, int step, int version, int sets, DcsmConfig config)
    {
        List<Tensor> images = [],
            texts = [],
            rows = [];
        int samples = 0;
        for (int set = 0; set < sets; set++)
        {
            string name = $"step{step}.dataset_{set}.version{version}.";
            samples = inputs.Get(name + "image_tokens").Shape[0] / 2;
            images.Add(Pairs(inputs.ReadFloat32(name + "image_tokens"), samples, config.ImageTokens, config.Dimension));
            texts.Add(Pairs(inputs.ReadFloat32(name + "text_tokens"), samples, config.TextTokens, config.Dimension));
            foreach (JsonElement sample in captions.GetProperty($"dataset_{set}").EnumerateArray())
            {
                foreach (string field in new[] { "caption", "opposite_caption" })
                {
                    rows.Add(
                        tensor([.. Layout(sample[version].GetProperty(field).GetString()!, config).Rows.ToArray().Select(row => (long)row)])
                    );
                }
            }
        }

        return new HeadBatch(cat(images, 0), cat(texts, 0), stack(rows).reshape(sets * samples, 2, config.TextTokens));
    }

    private static ColumnLayout Layout(string caption, DcsmConfig config) =>
        config.Words.Layout(
            new TokenizedText(caption, new int[config.TextTokens], new TextRange[config.TextTokens], config.TextTokens, false),
            config.Placement
        );

    /// <summary>Samples, then their opposites, of any length → [samples, 2, tokens, dimension], of unit length as those of CLIP.</summary>
    private static Tensor Pairs(float[] values, int samples, int tokens, int dimension) =>
        nn.functional.normalize(tensor(values, [2, samples, tokens, dimension]).transpose(0, 1), dim: -1);
}
