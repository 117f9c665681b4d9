using System.Text.Json;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests;

public class DenseMapDiagnosticsTests
{
    private const int Scenes = 12,
        Side = 64,
        Grid = 8;
    private const ulong Seed = 5;
    private const SplitPart Part = SplitPart.UnseenPairs;

    // The directions of the first and the second object's patches, of background, and of CLS.
    private static readonly float[][] Directions =
    [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ];
    private static readonly float[] Cls = Directions[3],
        Nothing = [1, 1, 1, 1];

    private enum Role
    {
        Start,
        Filler,
        Color,
        Noun,
        End,
        Padding,
    }

    [Fact]
    public void Words_that_point_have_an_AUC_of_one()
    {
        DenseMapDiagnosticsResult result = Run((role, own) => role is Role.Color or Role.Noun ? Directions[own] : Nothing);
        Assert.Equal((1.0, 1.0), (result.NounAgainstOther, result.NounAgainstBackground));
        Assert.Equal((1.0, 1.0), (result.ColorAgainstOther, result.ColorAgainstBackground));
        Assert.Equal(
            ("fake", "sha256:fake", Part, Scenes, Seed),
            (result.Encoder, result.Fingerprint, result.Part, result.Scenes, result.Seed)
        );
    }

    [Fact]
    public void Words_that_point_away_have_an_AUC_of_zero()
    {
        DenseMapDiagnosticsResult result = Run(
            (role, own) => role is Role.Color or Role.Noun ? Sum(Directions[1 - own], Directions[2]) : Nothing
        );
        Assert.Equal((0.0, 0.0), (result.NounAgainstOther, result.NounAgainstBackground));
        Assert.Equal((0.0, 0.0), (result.ColorAgainstOther, result.ColorAgainstBackground));
    }

    [Fact]
    public void Words_that_say_nothing_have_an_AUC_of_one_half()
    {
        DenseMapDiagnosticsResult result = Run((_, _) => Nothing);
        Assert.Equal((0.5, 0.5), (result.NounAgainstOther, result.NounAgainstBackground));
        Assert.Equal((0.5, 0.5), (result.ColorAgainstOther, result.ColorAgainstBackground));
    }

    [Fact]
    public void Nouns_and_colors_objects_and_background_are_told_apart()
    {
        // Nouns point at both objects; colors at the other one.
        DenseMapDiagnosticsResult result = Run(
            (role, own) =>
                role switch
                {
                    Role.Noun => Sum(Directions[0], Directions[1]),
                    Role.Color => Directions[1 - own],
                    _ => Nothing,
                }
        );
        Assert.Equal((0.5, 1.0), (result.NounAgainstOther, result.NounAgainstBackground));
        Assert.Equal((0.0, 0.5), (result.ColorAgainstOther, result.ColorAgainstBackground));
    }

    [Theory]
    [InlineData(true, true, 1, 1, 1)]
    [InlineData(true, false, 0, 1, 0)]
    [InlineData(false, true, 0, 0, 1)]
    [InlineData(false, false, 0, 0, 0)]
    public void The_highest_value_is_looked_for_at_CLS_and_end(bool atCls, bool atEnd, double both, double cls, double end)
    {
        float[] peak = [.. (atCls ? Cls : Directions[2]).Select(v => 5 * v)];
        float[] padding = [9, 9, 9, 9]; // higher still, but no part of the caption
        DenseMapDiagnosticsResult result = Run(
            (role, _) =>
                role == (atEnd ? Role.End : Role.Filler) ? peak
                : role == Role.Padding ? padding
                : Nothing
        );
        Assert.Equal((both, cls, end), (result.HighestAtClsAndEnd, result.HighestAtCls, result.HighestAtEnd));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures()
    {
        Assert.Equal(Arbitrary(), Arbitrary());

        static DenseMapDiagnosticsResult Arbitrary() => Run((role, own) => [(int)role, own, 1, 0]);
    }

    [Fact]
    public void Patches_must_form_a_square()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            DenseMapDiagnostics.Run(new FakeEncoder { Patches = 12 }, Objects.Sampler(), Objects.Library, Part, Scenes, Seed)
        );
        Assert.Contains("13 image tokens", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            DenseMapDiagnostics.Run(new FakeEncoder(), Objects.Sampler(), Objects.Library, Part, 0, Seed)
        );
    }

    [Fact]
    public void A_word_without_a_token_is_an_error_that_names_it()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            DenseMapDiagnostics.Run(new FakeEncoder { ContextLength = 7 }, Objects.Sampler(), Objects.Library, Part, 1, Seed)
        );
        string noun = Objects.Library.Objects[Drawn(0).Objects[0].Object].Name;
        Assert.Contains($"no token for '{noun}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Owned_patches_lie_in_the_objects_boxes_and_background_does_not_lie_within()
    {
        SceneRenderer renderer = new(Objects.Library, Side);
        const float Margin = 1.5f / Side;
        for (int i = 0; i < Scenes; i++)
        {
            Scene scene = Drawn(i);
            int[] owners = DenseMapDiagnostics.PatchOwners(renderer, scene, Grid);
            Assert.Contains(0, owners);
            Assert.Contains(1, owners);
            Assert.Contains(-1, owners);
            for (int patch = 0; patch < owners.Length; patch++)
            {
                SceneBox square = new(patch % Grid / (float)Grid, patch / Grid / (float)Grid, 1f / Grid, 1f / Grid);
                bool[] meets = [.. scene.Objects.Select(o => Grow(Objects.Library.Box(o), Margin).Overlap(square) > 0)];
                if (owners[patch] >= 0)
                    Assert.True(meets[owners[patch]]);
                if (!meets[0] && !meets[1])
                    Assert.Equal(-1, owners[patch]);
            }
        }
    }

    [Fact]
    public void The_order_of_objects_does_not_decide_who_owns_a_patch()
    {
        // One over the other, so that they share patches.
        SceneRenderer renderer = new(Objects.Library, Side);
        PlacedObject left = new(0, 0.38f, 0.5f, 0.45f, SceneColors.None, false),
            right = new(1, 0.62f, 0.5f, 0.45f, SceneColors.None, false);
        int[] one = DenseMapDiagnostics.PatchOwners(renderer, new Scene(7, [left, right]), Grid);
        int[] other = DenseMapDiagnostics.PatchOwners(renderer, new Scene(7, [right, left]), Grid);
        Assert.Contains(-2, one);
        Assert.Equal(one, other.Select(owner => owner >= 0 ? 1 - owner : owner));
    }

    [Fact]
    public void Json_tells_the_figures()
    {
        DenseMapDiagnosticsResult result = Run((role, own) => role is Role.Color or Role.Noun ? Directions[own] : Nothing);
        using var json = JsonDocument.Parse(result.ToJson());
        Assert.Equal(1, json.RootElement.GetProperty("nounAgainstOther").GetDouble());
        Assert.Equal("unseenPairs", json.RootElement.GetProperty("part").GetString());
    }

    private static DenseMapDiagnosticsResult Run(Func<Role, int, float[]> token)
    {
        SceneRenderer renderer = new(Objects.Library, Side);
        int[][] owners = [.. Enumerable.Range(0, Scenes).Select(i => DenseMapDiagnostics.PatchOwners(renderer, Drawn(i), Grid))];
        FakeEncoder encoder = new()
        {
            ImageSize = Side,
            Patches = Grid * Grid,
            Patch = (i, t) =>
                t == 0
                    ? Cls
                    : owners[i][t - 1] switch
                    {
                        0 => Directions[0],
                        1 => Directions[1],
                        -1 => Directions[2],
                        _ => new float[4],
                    },
            Token = (text, place) =>
            {
                (Role role, int own) = Place(text, place);
                return token(role, own);
            },
        };
        return DenseMapDiagnostics.Run(encoder, Objects.Sampler(), Objects.Library, Part, Scenes, Seed);
    }

    private static Scene Drawn(int i) => Objects.Sampler().Sample(SceneKind.Color, Part, Seed, i).Image;

    // "a picture of a red apple and a blue pear"
    private static (Role, int Object) Place(string text, int place)
    {
        string[] words = text.Split(' ');
        int and = Array.IndexOf(words, "and"),
            word = place - 1,
            own = word < and ? 0 : 1;
        if (place == 0)
            return (Role.Start, 0);
        if (word >= words.Length)
            return (word == words.Length ? Role.End : Role.Padding, 0);
        return (
            word == 4 || word == and + 2 ? Role.Color
            : word == and - 1 || word == words.Length - 1 ? Role.Noun
            : Role.Filler,
            own
        );
    }

    private static float[] Sum(float[] first, float[] second) => [.. first.Zip(second, (a, b) => a + b)];

    private static SceneBox Grow(SceneBox box, float margin) =>
        new(box.Left - margin, box.Top - margin, box.Width + 2 * margin, box.Height + 2 * margin);
}
