using System.Text.Json;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Geometry;
using Dcsm.Evaluation.Robustness;
using Dcsm.Testing;
using Dcsm.Training.Probing;

namespace Dcsm.Conformance.Groups;

/// <summary>
/// Uses of CLIP itself against numpy and scikit-learn: class weights from templates, linear probes, robustness, geometry.
/// </summary>
internal static class ClipUsesGoldens
{
    private const double Tolerance = 1e-6,
        CoefficientTolerance = 1e-3;

    public static IEnumerable<GoldenCheck> Verify(string folder) =>
        Case(folder, "zeroshot.json", ZeroShot)
            .Concat(Case(folder, "probe.json", Probe))
            .Concat(Case(folder, "robustness.json", Robustness))
            .Concat(Case(folder, "geometry.json", Geometry));

    private static IEnumerable<GoldenCheck> Case(string folder, string file, Func<string, JsonElement, IEnumerable<GoldenCheck>> verify)
    {
        string path = Path.Combine(folder, file),
            name = GoldenJson.Name(path);
        return File.Exists(path) ? GoldenCheck.Guarded(name, () => verify(name, GoldenJson.Read(path))) : [];
    }

    private static IEnumerable<GoldenCheck> ZeroShot(string name, JsonElement golden)
    {
        JsonElement expected = golden.GetProperty("expected");
        float[][][] texts = [.. golden.GetProperty("texts").EnumerateArray().Select(Rows)];
        int classes = texts[0].Length;
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        PictureEmbeddings pictures = Pictures(golden.GetProperty("images"), GoldenJson.Integers(golden.GetProperty("labels")), names);
        ClassWeights Of(IEnumerable<float[][]> templates)
        {
            float[][] prompts = [.. templates.SelectMany(template => template)];
            return ClassWeights.Average(
                names,
                prompts.SelectMany(prompt => prompt).ToArray(),
                [.. prompts.Select((_, p) => p % classes)],
                "golden"
            );
        }

        ClassWeights ensemble = Of(texts);
        yield return Numbers(
            name,
            "class weights",
            expected.GetProperty("weights").EnumerateArray().SelectMany(Doubles),
            Enumerable.Range(0, classes).SelectMany(c => ensemble[c].ToArray()).Select(value => (double)value)
        );
        float[] scores = new float[classes];
        double scale = golden.GetProperty("logit_scale").GetDouble();
        yield return Numbers(
            name,
            "probabilities",
            expected.GetProperty("probabilities_first_3").EnumerateArray().SelectMany(Doubles),
            Enumerable
                .Range(0, 3)
                .SelectMany(i =>
                {
                    ensemble.Score(pictures[i], scores);
                    return ClassWeights.Probabilities(scores, scale);
                })
        );
        var judged = ClassJudgement.Of(pictures, ensemble);
        yield return Figures(name, "ensemble", expected.GetProperty("ensemble"), judged);
        int[,] confusion = judged.Confusion();
        yield return Numbers(
            name,
            "confusion",
            expected.GetProperty("confusion").EnumerateArray().SelectMany(Doubles),
            confusion.Cast<int>().Select(count => (double)count)
        );
        foreach ((JsonElement own, int t) in expected.GetProperty("per_template").EnumerateArray().Select((own, t) => (own, t)))
            yield return Figures(name, $"template {t}", own, ClassJudgement.Of(pictures, Of([texts[t]])));

        var several = ClassJudgement.Of(Several(pictures, golden.GetProperty("multi_labels")), ensemble);
        yield return Numbers(
            name,
            "average precision of each class, and the mean",
            [.. Doubles(expected.GetProperty("average_precision")), expected.GetProperty("mean_average_precision").GetDouble()],
            [.. several.AveragePrecision, several.MeanAveragePrecision!.Value]
        );
    }

    private static GoldenCheck Figures(string name, string what, JsonElement expected, ClassJudgement judged) =>
        Numbers(
            name,
            $"{what}: top-1, top-5, mean per class",
            [
                expected.GetProperty("acc1").GetDouble(),
                expected.GetProperty("acc5").GetDouble(),
                expected.GetProperty("mean_per_class_recall").GetDouble(),
            ],
            [judged.Top1, judged.Top5!.Value, judged.MeanPerClassRecall]
        );

    private static IEnumerable<GoldenCheck> Probe(string name, JsonElement golden)
    {
        float[][] train = Rows(golden.GetProperty("train"));
        int[] labels = GoldenJson.Integers(golden.GetProperty("train_labels"));
        int classes = labels.Max() + 1;
        string[] names = [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        float[] features = [.. train.SelectMany(row => row)];
        PictureEmbeddings test = Pictures(golden.GetProperty("test"), GoldenJson.Integers(golden.GetProperty("test_labels")), names),
            validation = Pictures(golden.GetProperty("val"), GoldenJson.Integers(golden.GetProperty("val_labels")), names);
        foreach (JsonElement own in golden.GetProperty("expected").GetProperty("by_C").EnumerateArray())
        {
            double c = own.GetProperty("C").GetDouble();
            LogisticFit fit = LogisticRegression.Fit(features, labels, classes, new LogisticOptions { C = c });
            double[] expected = [.. own.GetProperty("coef").EnumerateArray().SelectMany(Doubles)];
            double largest = expected.Max(Math.Abs);
            yield return Numbers(
                name,
                FormattableString.Invariant($"C = {c}: coefficients, of the largest"),
                expected.Select(value => value / largest),
                fit.Coefficients().Select(value => value / largest),
                CoefficientTolerance
            );
            foreach ((string key, Func<double> value) in Others(own, fit, classes, test, validation, names))
            {
                yield return Numbers(
                    name,
                    FormattableString.Invariant($"C = {c}: {key}"),
                    [1],
                    [own.GetProperty(key).GetDouble() is var golden1 && golden1 == 0 ? 1 + value() : value() / golden1]
                );
            }
        }

        double few = 0.316;
        foreach (JsonElement own in golden.GetProperty("expected").GetProperty("few_shot_C_0_316").EnumerateArray())
        {
            int[] places = GoldenJson.Integers(own.GetProperty("indices"));
            LogisticFit fit = LogisticRegression.Fit(
                [.. places.SelectMany(i => train[i])],
                [.. places.Select(i => labels[i])],
                classes,
                new LogisticOptions { C = few }
            );
            yield return Numbers(
                name,
                $"accuracy of {own.GetProperty("k")} shots",
                [own.GetProperty("test_acc").GetDouble()],
                [ClassJudgement.Of(test, Classifier(fit, names)).Top1]
            );
        }
    }

    private static IEnumerable<(string Key, Func<double> Value)> Others(
        JsonElement own,
        LogisticFit fit,
        int classes,
        PictureEmbeddings test,
        PictureEmbeddings validation,
        string[] names
    )
    {
        LinearClassifier classifier = Classifier(fit, names);
        (string Key, Func<double> Value)[] all =
        [
            ("objective", () => fit.Objective),
            ("test_acc", () => ClassJudgement.Of(test, classifier).Top1),
            ("val_acc", () => ClassJudgement.Of(validation, classifier).Top1),
        ];
        _ = classes;
        return all.Where(one => own.TryGetProperty(one.Key, out _));
    }

    private static LinearClassifier Classifier(LogisticFit fit, string[] names) =>
        new(
            names,
            [.. fit.Coefficients().Select(value => (float)value)],
            [.. fit.Intercepts().Select(value => (float)value)],
            PictureFeatures.Pooled,
            "golden"
        );

    private static IEnumerable<GoldenCheck> Robustness(string name, JsonElement golden)
    {
        RobustnessModel Model(JsonElement own, int number) =>
            new(
                own.TryGetProperty("name", out JsonElement given) ? given.GetString()! : $"standard {number}",
                own.GetProperty("id").GetDouble(),
                own.GetProperty("ood").GetDouble()
            );
        RobustnessModel[] standard = [.. golden.GetProperty("standard").EnumerateArray().Select(Model)],
            models = [.. golden.GetProperty("models").EnumerateArray().Select(Model)];
        RobustnessModel baseline = models.Single(model => model.Name == golden.GetProperty("relative_to").GetString());
        JsonElement expected = golden.GetProperty("expected");
        foreach (RobustnessAxes axes in Enum.GetValues<RobustnessAxes>())
        {
            JsonElement own = expected.GetProperty(axes.ToString().ToLowerInvariant());
            var fit = RobustnessFit.Of(standard, axes);
            yield return Numbers(
                name,
                $"{axes}: slope, intercept, R², effective robustness",
                [
                    own.GetProperty("slope").GetDouble(),
                    own.GetProperty("intercept").GetDouble(),
                    own.GetProperty("r_squared").GetDouble(),
                    .. models.Select(model => own.GetProperty("effective").GetProperty(model.Name).GetDouble()),
                ],
                [fit.Slope, fit.Intercept, fit.RSquared, .. models.Select(fit.Effective)]
            );
        }

        yield return Numbers(
            name,
            "relative robustness",
            models.Select(model => expected.GetProperty("relative").GetProperty(model.Name).GetDouble()),
            models.Select(model => model.Shifted - baseline.Shifted)
        );
    }

    private static IEnumerable<GoldenCheck> Geometry(string name, JsonElement golden)
    {
        var result = GeometryResult.Of(Embeddings(golden), "golden", "golden", new Dictionary<string, string>());
        JsonElement expected = golden.GetProperty("expected");
        foreach (JsonProperty own in expected.GetProperty("conditions").EnumerateObject())
        {
            GeometryCondition condition = result.Conditions.Single(condition => condition.Id == own.Name);
            yield return Numbers(
                name,
                $"condition {own.Name}: cases, satisfied, margin, ties",
                [.. new[] { "cases", "satisfied", "mean_margin", "ties" }.Select(key => own.Value.GetProperty(key).GetDouble())],
                [condition.Cases, condition.Satisfied.Value, condition.MeanMargin, condition.Ties]
            );
        }

        JsonElement superposition = expected.GetProperty("superposition_cosine");
        yield return Numbers(
            name,
            "superposition: mean and least cosine",
            [superposition.GetProperty("mean").GetDouble(), superposition.GetProperty("min").GetDouble()],
            [result.SuperpositionMean, result.SuperpositionLeast]
        );
        JsonElement[] fits = [.. expected.GetProperty("attribute_fit").EnumerateArray()];
        yield return Numbers(
            name,
            "attribute fits: 1 − δ, p, rest",
            fits.SelectMany(fit =>
                fit.EnumerateObject().Where(field => field.Name is not ("concept" or "attribute")).Select(field => field.Value.GetDouble())
            ),
            fits.SelectMany(fit =>
            {
                AttributeFit own = result.AttributeFits.Single(own =>
                    own.Concept == $"{fit.GetProperty("concept")}" && own.Attribute == $"a{fit.GetProperty("attribute")}"
                );
                return (double[])[own.OneMinusDelta, own.P, own.Rest];
            })
        );
    }

    private static GeometryEmbeddings Embeddings(JsonElement golden)
    {
        JsonElement all = golden.GetProperty("embeddings");
        int concepts = all.GetProperty("i_x").GetArrayLength(),
            attributes = all.GetProperty("t_a").GetArrayLength();
        string[] x = [.. Enumerable.Range(0, concepts).Select(c => $"{c}")],
            a = [.. Enumerable.Range(0, attributes).Select(c => $"a{c}")];
        string[] places = ["place 1", "place 2"],
            relations = ["g", "h"];
        var embeddings = new GeometryEmbeddings(x, a, places, relations);
        float[] At(string key, params int[] indices) => Floats(indices.Aggregate(all.GetProperty(key), (array, index) => array[index]));
        for (int c = 0; c < concepts; c++)
        {
            embeddings.Add(new GeometryPicture(x[c]), At("i_x", c));
            embeddings.Add(x[c], At("t_x", c));
            embeddings.Add(GeometryEmbeddings.Not(x[c]), At("t_not_x", c));
            for (int k = 0; k < attributes; k++)
                embeddings.Add(new GeometryPicture(x[c], a[k]), At("i_xa", c, k));
            for (int k = 0; k < places.Length; k++)
                embeddings.Add(new GeometryPicture(x[c], Place: places[k]), At("i_xl", c, k));
        }

        for (int k = 0; k < attributes; k++)
            embeddings.Add(a[k], At("t_a", k));
        int[][] pairs = [.. golden.GetProperty("pairs").EnumerateArray().Select(GoldenJson.Integers)];
        for (int p = 0; p < pairs.Length; p++)
        {
            (string first, string second) = (x[pairs[p][0]], x[pairs[p][1]]);
            embeddings.Add(new GeometryPicture(first, Y: second), At("i_xy", p));
            embeddings.Add(new GeometryPicture(first, a[0], Y: second, AttributeOfY: a[1]), At("i_xa_yb", p));
            for (int g = 0; g < relations.Length; g++)
                embeddings.Add(new GeometryPicture(first, Y: second, Relation: relations[g]), At("i_xgy", p, g));
        }

        return embeddings;
    }

    private static PictureEmbeddings Pictures(JsonElement rows, int[] labels, string[] names)
    {
        float[][] values = Rows(rows);
        return new PictureEmbeddings(
            new ClassifiedSet(
                "golden",
                [.. names.Select(own => new PictureClass(own, [own]))],
                [.. labels.Select((label, i) => new ClassifiedPicture($"picture {i}", [label], () => []))]
            ),
            [.. values.SelectMany(row => row)]
        );
    }

    private static PictureEmbeddings Several(PictureEmbeddings pictures, JsonElement labels) =>
        new(
            new ClassifiedSet(
                "golden",
                pictures.Set.Classes,
                [
                    .. labels
                        .EnumerateArray()
                        .Select(
                            (row, i) =>
                                new ClassifiedPicture(
                                    $"picture {i}",
                                    [
                                        .. GoldenJson
                                            .Integers(row)
                                            .Select((has, c) => (has, c))
                                            .Where(own => own.has == 1)
                                            .Select(own => own.c),
                                    ],
                                    () => []
                                )
                        ),
                ]
            ),
            pictures.Values.ToArray()
        );

    private static GoldenCheck Numbers(
        string name,
        string what,
        IEnumerable<double> expected,
        IEnumerable<double> actual,
        double tolerance = Tolerance
    )
    {
        double[] wanted = [.. expected],
            found = [.. actual];
        return wanted.Length == found.Length
            ? new GoldenCheck(
                name,
                what,
                wanted
                    .Zip(found, (one, other) => Math.Abs(one - other))
                    .Aggregate(0.0, (most, own) => double.IsNaN(own) ? own : Math.Max(most, own)),
                tolerance
            )
            : GoldenCheck.Failed(name, what, tolerance, $"{found.Length} values, not {wanted.Length}");
    }

    private static float[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Floats)];

    private static float[] Floats(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];

    private static IEnumerable<double> Doubles(JsonElement row) => row.EnumerateArray().Select(value => value.GetDouble());
}
