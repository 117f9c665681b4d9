using System.Text.Json;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Evaluation.ZeroShot;

namespace Dcsm.Evaluation.Tests;

public class ZeroShotEvaluationTests
{
    private const int PerObject = 2;
    private static readonly ZeroShotOptions OptionsValue = new() { PicturesPerObject = PerObject };
    private static readonly string[] Names = [.. Objects.Library.Objects.Select(o => o.Name)];

    private static int Total => PerObject * Names.Length;

    [Fact]
    public void An_encoder_that_sees_what_is_shown_names_everything()
    {
        ZeroShotResult result = Run(Encoder(i => Vector(Shown(i).Object, Shown(i).Color)));
        Assert.Equal((Names.Length, Total, SceneColors.Count), (result.Names, result.Pictures, result.Colors));
        Assert.Equal(
            (1.0, 1.0, 1.0, 1.0),
            (result.Naming.Value, result.NamingTop5.Value, result.NamingEnsemble.Value, result.ColorNaming.Value)
        );
        Assert.Equal(Enumerable.Range(0, Total).Count(i => Shown(i).Color != SceneColors.None), result.TintedPictures);
        Assert.InRange(result.TintedPictures, Total / 4, 3 * Total / 4);
        Assert.Equal(Names, result.Objects.Select(o => o.Name));
        Assert.All(result.Objects, o => Assert.Equal((PerObject, PerObject, ""), (o.Pictures, o.Right, o.MistakenFor)));
    }

    [Fact]
    public void An_encoder_that_sees_something_else_names_nothing()
    {
        ZeroShotResult result = Run(
            Encoder(i =>
                Vector(
                    Next(Shown(i).Object),
                    Shown(i).Color == SceneColors.None ? SceneColors.None : (Shown(i).Color + 1) % SceneColors.Count
                )
            )
        );
        Assert.Equal(
            (0.0, 0.0, 0.0, 0.0),
            (result.Naming.Value, result.NamingTop5.Value, result.NamingEnsemble.Value, result.ColorNaming.Value)
        );
        Assert.All(result.Objects.Select((o, i) => (o, i)), p => Assert.Equal((0, Names[Next(p.i)]), (p.o.Right, p.o.MistakenFor)));
    }

    [Fact]
    public void Ties_are_wrong()
    {
        ZeroShotResult result = Run(Encoder(_ => [.. Enumerable.Repeat(1f, Dimension)]));
        Assert.Equal((0.0, 0.0, 0.0), (result.Naming.Value, result.NamingTop5.Value, result.ColorNaming.Value));
        Assert.Equal("", result.Objects[0].MistakenFor); // the first of the tied names is its own
        Assert.Equal(Names[0], result.Objects[1].MistakenFor);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 0)]
    public void Five_names_are_the_best_five(int above, double expected)
    {
        ZeroShotResult result = Run(
            Encoder(i =>
            {
                float[] picture = Vector(Shown(i).Object);
                for (int k = 1; k <= above; k++)
                    picture[(Shown(i).Object + k) % Names.Length] = 1 + 0.1f * k;
                return picture;
            })
        );
        Assert.Equal((0.0, expected), (result.Naming.Value, result.NamingTop5.Value));
    }

    [Fact]
    public void The_ensemble_outvotes_one_prompt_that_is_wrong()
    {
        string Prompt(int name) => OptionsValue.Prompt.Replace("{name}", Names[name], StringComparison.Ordinal);
        var misread = Enumerable.Range(0, Names.Length).ToDictionary(Prompt, i => Vector(Next(i)));
        ZeroShotResult result = Run(
            Encoder(i => Vector(Shown(i).Object), text => misread.TryGetValue(text, out float[]? wrong) ? wrong : Reading(text))
        );
        Assert.Equal((0.0, 1.0), (result.Naming.Value, result.NamingEnsemble.Value));
    }

    [Fact]
    public void Hardest_are_the_objects_named_worst_then_by_name()
    {
        // Every other object is taken for the next one, and the very first picture too.
        ZeroShotResult result = Run(Encoder(i => Vector(Shown(i).Object % 2 == 1 || i == 0 ? Next(Shown(i).Object) : Shown(i).Object)));
        IEnumerable<string> wrong = Names.Where((_, i) => i % 2 == 1).Order(StringComparer.Ordinal);
        IEnumerable<string> right = Names.Where((_, i) => i % 2 == 0 && i > 0).Order(StringComparer.Ordinal);
        Assert.Equal([.. wrong, Names[0], .. right], result.Hardest.Select(o => o.Name));
        Assert.Equal((1, Names[1]), (result.Objects[0].Right, result.Objects[0].MistakenFor));
    }

    [Fact]
    public void The_mistake_made_most_often_is_told()
    {
        ZeroShotOptions three = new() { PicturesPerObject = 3 };
        ZeroShotResult result = ZeroShotEvaluation.Run(
            Encoder(i => Vector((i / 3 + (i % 3 == 0 ? 1 : 2)) % Names.Length)),
            Objects.Library,
            three
        );
        Assert.All(result.Objects.Select((o, i) => (o, i)), p => Assert.Equal(Names[(p.i + 2) % Names.Length], p.o.MistakenFor));
    }

    [Fact]
    public void The_size_of_a_batch_changes_nothing()
    {
        ZeroShotResult usual = Run(Half()),
            small = ZeroShotEvaluation.Run(Half(), Objects.Library, OptionsValue with { BatchPictures = 7 });
        Assert.Equal(usual.ToJson(), (small with { Options = OptionsValue }).ToJson());
        Assert.Equal(0.5, usual.Naming.Value);

        static FakeEncoder Half() => Encoder(i => Vector(i % 2 == 0 ? Shown(i).Object : Next(Shown(i).Object), Shown(i).Color));
    }

    [Fact]
    public void NaN_is_an_error_that_names_the_picture()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Run(Encoder(i => i == 3 ? [.. Enumerable.Repeat(float.NaN, Dimension)] : Vector(Shown(i).Object)))
        );
        Assert.Contains($"{Names[1]} 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_without_a_place_for_what_is_asked_are_refused()
    {
        FakeEncoder encoder = Encoder(_ => Vector(0));
        Assert.Throws<ArgumentException>(() =>
            ZeroShotEvaluation.Run(encoder, Objects.Library, OptionsValue with { Prompt = "a picture" })
        );
        Assert.Throws<ArgumentException>(() =>
            ZeroShotEvaluation.Run(encoder, Objects.Library, OptionsValue with { Ensemble = ["{name}", "it"] })
        );
        Assert.Throws<ArgumentException>(() =>
            ZeroShotEvaluation.Run(encoder, Objects.Library, OptionsValue with { ColorPrompt = "a {name}" })
        );
        Assert.Equal(0, encoder.PicturesEncoded);
    }

    [Fact]
    public void A_picture_shows_one_object_whole_and_is_the_same_every_time()
    {
        ZeroShotOptions options = new();
        for (int i = 0; i < 100; i++)
        {
            PlacedObject placed = Assert.Single(ObjectPictures.Draw(Objects.Library, i, options).Objects);
            SceneBox box = Objects.Library.Box(placed);
            Assert.True(box.Left > -1e-5f && box.Top > -1e-5f && box.Right < 1 + 1e-5f && box.Bottom < 1 + 1e-5f);
            Assert.InRange(placed.Size, options.SmallestSize, options.LargestSize);
            Assert.Equal(placed, ObjectPictures.Draw(Objects.Library, i, options).Objects[0]);
            Assert.NotEqual(placed, ObjectPictures.Draw(Objects.Library, i, options with { Seed = 5 }).Objects[0]);
        }
    }

    [Fact]
    public void Json_tells_the_figures()
    {
        ZeroShotResult result = Run(Encoder(i => Vector(Shown(i).Object, Shown(i).Color)));
        using var json = JsonDocument.Parse(result.ToJson());
        Assert.Equal("zeroshot", json.RootElement.GetProperty("benchmark").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("naming").GetProperty("value").GetDouble());
        Assert.Equal(Names.Length, json.RootElement.GetProperty("objects").GetArrayLength());
        Assert.False(json.RootElement.TryGetProperty("hardest", out _));
    }

    private static int Dimension => Names.Length + SceneColors.Count;

    private static ZeroShotResult Run(FakeEncoder encoder) => ZeroShotEvaluation.Run(encoder, Objects.Library, OptionsValue);

    private static PlacedObject Shown(int picture) => ObjectPictures.Draw(Objects.Library, picture, OptionsValue).Objects[0];

    private static int Next(int thing) => (thing + 1) % Names.Length;

    private static FakeEncoder Encoder(Func<int, float[]> picture, Func<string, float[]>? text = null) =>
        new()
        {
            Dimension = Dimension,
            Picture = picture,
            Patch = (_, _) => new float[Dimension],
            Text = text ?? Reading,
            Token = (_, _) => new float[Dimension],
        };

    // The last word names the object; the one before it may name a tint.
    private static float[] Reading(string text)
    {
        string[] words = text.Split(' ');
        return Vector(Array.IndexOf(Names, words[^1]), words.Length > 1 ? SceneColors.IndexOf(words[^2]) : SceneColors.None);
    }

    private static float[] Vector(int name, int color = SceneColors.None)
    {
        float[] vector = new float[Dimension];
        vector[name] = 1;
        if (color != SceneColors.None)
            vector[Names.Length + color] = 1;
        return vector;
    }
}
