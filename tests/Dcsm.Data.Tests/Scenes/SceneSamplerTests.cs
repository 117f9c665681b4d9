using System.Text.RegularExpressions;
using Dcsm.Data.Scenes;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Scenes;

public partial class SceneSamplerTests
{
    private const float Rounding = 1e-4f;
    private static readonly SplitPart[] Parts = Enum.GetValues<SplitPart>();
    private static readonly SceneSampler Twin = new(TestData.Library, TestData.Split);
    private static readonly SceneKind[] Kinds = Enum.GetValues<SceneKind>();

    private static string Name(PlacedObject placed) => TestData.Library.Objects[placed.Object].Name;

    private static SceneSample Draw(SceneKind kind, ulong seed) =>
        TestData.Sampler.Sample(kind, Parts[seed % 3], seed, (long)(seed % 1000));

    private static bool IsSame(Scene a, Scene b) => a.BackgroundSeed == b.BackgroundSeed && a.Objects.SequenceEqual(b.Objects);

    [Property]
    public void A_sample_is_a_function_of_its_arguments(ulong seed, uint index)
    {
        foreach (SceneKind kind in Kinds)
        {
            foreach (SplitPart part in Parts)
            {
                SceneSample a = TestData.Sampler.Sample(kind, part, seed, index);
                SceneSample b = Twin.Sample(kind, part, seed, index);
                Assert.True(IsSame(a.Image, b.Image) && IsSame(a.Opposite, b.Opposite));
                Assert.Equal(a.Captions, b.Captions);
                Assert.Equal(a.OppositeCaptions, b.OppositeCaptions);
                Assert.False(IsSame(a.Image, TestData.Sampler.Sample(kind, part, seed, index + 1L).Image));
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Objects_lie_inside_and_apart(ulong seed)
    {
        foreach (SceneKind kind in Kinds)
        {
            SceneSample sample = Draw(kind, seed);
            CheckBoxes(sample.Image);
            CheckBoxes(sample.Opposite);
            Assert.Equal(sample.Image.BackgroundSeed, sample.Opposite.BackgroundSeed);
        }
    }

    private static void CheckBoxes(Scene scene)
    {
        SceneBox[] boxes = scene.Objects.Select(TestData.Library.Box).ToArray();
        Assert.All(boxes, box => Assert.True(box.Left >= 0 && box.Top >= 0 && box.Right <= 1 && box.Bottom <= 1));
        for (int i = 0; i < boxes.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.InRange(boxes[i].Overlap(boxes[j]), 0, 0.021f);
        }

        int[] tints = scene.Objects.Select(placed => placed.Color).Where(color => color >= 0).ToArray();
        Assert.Equal(tints.Length, tints.Distinct().Count());
    }

    [Property(MaxTest = 300)]
    public void Color_swaps_colors_and_nothing_else(ulong seed)
    {
        SceneSample sample = Draw(SceneKind.Color, seed);
        (PlacedObject? a, PlacedObject? b) = (sample.Image.Objects[0], sample.Image.Objects[1]);
        Assert.True(a.Color >= 0 && b.Color >= 0 && a.Color != b.Color && a.Object != b.Object);
        Assert.InRange(a.Size / b.Size, 0.8, 1.25);
        Assert.Equal([a with { Color = b.Color }, b with { Color = a.Color }], sample.Opposite.Objects);
        (string? c1, string? c2) = (SceneColors.Names[a.Color], SceneColors.Names[b.Color]);
        Assert.Equal(
            [$"A picture of a {c1} {Name(a)} and a {c2} {Name(b)}", $"A picture of a {c2} {Name(b)} and a {c1} {Name(a)}"],
            sample.Captions
        );
        Assert.Equal(
            [$"A picture of a {c2} {Name(a)} and a {c1} {Name(b)}", $"A picture of a {c1} {Name(b)} and a {c2} {Name(a)}"],
            sample.OppositeCaptions
        );
    }

    [Property(MaxTest = 300)]
    public void Size_swaps_sizes_and_nothing_else(ulong seed)
    {
        SceneSample sample = Draw(SceneKind.Size, seed);
        (PlacedObject? a, PlacedObject? b) = (sample.Image.Objects[0], sample.Image.Objects[1]);
        Assert.InRange(a.Size, 0.20, 0.27);
        Assert.InRange(b.Size, 0.42, 0.52);
        Assert.True(b.Size / a.Size >= 1.7f);
        Assert.Equal(a.Color >= 0, b.Color >= 0);
        Assert.Equal([a with { Size = b.Size }, b with { Size = a.Size }], sample.Opposite.Objects);
        Assert.Equal(
            [$"A picture of a small {Name(a)} and a big {Name(b)}", $"A picture of a big {Name(b)} and a small {Name(a)}"],
            sample.Captions
        );
        Assert.Equal(
            [$"A picture of a big {Name(a)} and a small {Name(b)}", $"A picture of a small {Name(b)} and a big {Name(a)}"],
            sample.OppositeCaptions
        );
    }

    [GeneratedRegex("^A picture of a (?<a>[a-z]+) (?<relation>above|below|to the left of|to the right of) a (?<b>[a-z]+)$")]
    private static partial Regex SpatialCaption();

    private static bool Holds(Scene scene, string caption)
    {
        Match match = SpatialCaption().Match(caption);
        Assert.True(match.Success, caption);
        SceneBox a = TestData.Library.Box(scene.Objects.Single(placed => Name(placed) == match.Groups["a"].Value));
        SceneBox b = TestData.Library.Box(scene.Objects.Single(placed => Name(placed) == match.Groups["b"].Value));
        float gap = match.Groups["relation"].Value switch
        {
            "above" => b.Top - a.Bottom,
            "below" => a.Top - b.Bottom,
            "to the left of" => b.Left - a.Right,
            _ => a.Left - b.Right,
        };
        (float dx, float dy) = (
            MathF.Abs(a.Left + (a.Width / 2) - b.Left - (b.Width / 2)),
            MathF.Abs(a.Top + (a.Height / 2) - b.Top - (b.Height / 2))
        );
        (float along, float across) = match.Groups["relation"].Value is "above" or "below" ? (dy, dx) : (dx, dy);
        return gap >= 0.04f - Rounding && along >= 0.3f - Rounding && across <= (0.3f * along) + Rounding;
    }

    [Property(MaxTest = 300)]
    public void Spatial_relations_are_clear_and_swapped(ulong seed)
    {
        SceneSample sample = Draw(SceneKind.Spatial, seed);
        (PlacedObject? a, PlacedObject? b) = (sample.Image.Objects[0], sample.Image.Objects[1]);
        Assert.All(sample.Captions, caption => Assert.True(Holds(sample.Image, caption) && !Holds(sample.Opposite, caption)));
        Assert.All(sample.OppositeCaptions, caption => Assert.True(Holds(sample.Opposite, caption) && !Holds(sample.Image, caption)));
        Assert.Equal(
            [a with { CenterX = b.CenterX, CenterY = b.CenterY }, b with { CenterX = a.CenterX, CenterY = a.CenterY }],
            sample.Opposite.Objects
        );
        Assert.StartsWith($"A picture of a {Name(a)} ", sample.Captions[0], StringComparison.Ordinal);
        Assert.StartsWith($"A picture of a {Name(b)} ", sample.Captions[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Spatial_relations_are_balanced()
    {
        var counts = Enumerable
            .Range(0, 2000)
            .Select(i => TestData.Sampler.Sample(SceneKind.Spatial, SplitPart.Train, 1, i).Captions[0])
            .CountBy(caption => SpatialCaption().Match(caption).Groups["relation"].Value)
            .ToDictionary();
        Assert.Equal(4, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 430, 570));
    }

    [GeneratedRegex("^An image of a (?<shown>[a-z]+) (?<words>and not|but no|without) a (?<absent>[a-z]+)$")]
    private static partial Regex NegationCaption();

    [Property(MaxTest = 300)]
    public void Negated_objects_are_absent(ulong seed)
    {
        SceneSample sample = Draw(SceneKind.Negation, seed);
        CheckNegation(sample.Image, sample.Captions);
        CheckNegation(sample.Opposite, sample.OppositeCaptions);
        Assert.Equal(sample.Image.Objects.Skip(1), sample.Opposite.Objects.Skip(1));
        Assert.InRange(sample.Image.Objects.Count, 1, 2);
        (PlacedObject? shown, PlacedObject? other) = (sample.Image.Objects[0], sample.Opposite.Objects[0]);
        Assert.Equal((shown.CenterX, shown.CenterY, shown.Size), (other.CenterX, other.CenterY, other.Size));
        Assert.Equal(Name(other), NegationCaption().Match(sample.Captions[0]).Groups["absent"].Value);
        Assert.Equal(Name(shown), NegationCaption().Match(sample.OppositeCaptions[0]).Groups["absent"].Value);
    }

    private static void CheckNegation(Scene scene, IReadOnlyList<string> captions)
    {
        string[] names = scene.Objects.Select(Name).ToArray();
        Match[] matches = captions.Select(caption => NegationCaption().Match(caption)).ToArray();
        Assert.Equal(2, matches.Length);
        Assert.All(
            matches,
            match =>
            {
                Assert.True(match.Success);
                Assert.Equal(names[0], match.Groups["shown"].Value);
                Assert.DoesNotContain(match.Groups["absent"].Value, names);
            }
        );
        Assert.NotEqual(matches[0].Groups["words"].Value, matches[1].Groups["words"].Value);
    }

    [Fact]
    public void Half_of_the_negations_have_a_distractor()
    {
        int count = Enumerable
            .Range(0, 1000)
            .Count(i => TestData.Sampler.Sample(SceneKind.Negation, SplitPart.Train, 1, i).Image.Objects.Count == 2);
        Assert.InRange(count, 430, 570);
    }

    [Property(MaxTest = 200)]
    public void Parts_do_not_leak(ulong seed)
    {
        foreach (SceneKind kind in Kinds)
        {
            foreach (SplitPart part in Parts)
            {
                SceneSample sample = TestData.Sampler.Sample(kind, part, seed, 7);
                string[] image = sample.Image.Objects.Select(Name).ToArray();
                string[] opposite = sample.Opposite.Objects.Select(Name).ToArray();
                Assert.All(image.Concat(opposite), name => Assert.Equal(part == SplitPart.UnseenObjects, TestData.Split.IsUnseen(name)));
                Assert.Equal(part, TestData.Split.PartOf(image[0], kind == SceneKind.Negation ? opposite[0] : image[1]));
                if (part == SplitPart.Train)
                {
                    Assert.All(
                        image.Concat(opposite).Distinct().SelectMany(x => image.Concat(opposite).Where(y => y != x).Select(y => (x, y))),
                        pair => Assert.Equal(part, TestData.Split.PartOf(pair.x, pair.y))
                    );
                }
            }
        }
    }

    [Fact]
    public void Every_object_turns_up()
    {
        int seen = new[] { SplitPart.Train, SplitPart.UnseenObjects }
            .SelectMany(part =>
                Enumerable.Range(0, 3000).SelectMany(i => TestData.Sampler.Sample(SceneKind.Negation, part, 2, i).Image.Objects)
            )
            .Select(placed => placed.Object)
            .Distinct()
            .Count();
        Assert.Equal(307, seen);
    }

    [Fact]
    public void Half_of_the_objects_are_tinted()
    {
        PlacedObject[] objects = Enumerable
            .Range(0, 2000)
            .Select(i => TestData.Sampler.Sample(SceneKind.Negation, SplitPart.Train, 2, i).Image.Objects[0])
            .ToArray();
        Assert.InRange(objects.Count(placed => placed.Color >= 0), 900, 1100);
        Assert.InRange(objects.Count(placed => placed.Mirrored), 900, 1100);
    }

    [Fact]
    public void The_order_of_the_library_does_not_matter()
    {
        string[] names = TestData.Library.Objects.Take(30).Select(item => item.Name).ToArray();
        var split = SceneSplit.Create(names, 3);
        var reversed = SceneSplit.Create([.. names.Reverse()], 3);
        var small = ObjectLibrary.Load(TestData.ObjectsDirectory, names);
        SceneSample a = new SceneSampler(small, split).Sample(SceneKind.Negation, SplitPart.Train, 1, 2);
        SceneSample b = new SceneSampler(TestData.Library, reversed).Sample(SceneKind.Negation, SplitPart.Train, 1, 2);
        Assert.Equal(a.Captions, b.Captions);
    }

    [Fact]
    public void Too_few_objects_are_told()
    {
        string[] names = TestData.Library.Objects.Take(4).Select(item => item.Name).ToArray();
        var sampler = new SceneSampler(TestData.Library, SceneSplit.Create(names, 1, 0.25, 0));
        Assert.Contains(
            "UnseenPairs",
            Assert.Throws<InvalidOperationException>(() => sampler.Sample(SceneKind.Color, SplitPart.UnseenPairs, 1, 0)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Sample((SceneKind)9, SplitPart.Train, 1, 0));
        Assert.Throws<ArgumentException>(() => new SceneSampler(TestData.Library, SceneSplit.Create(["unicorn"], 1)));
        // A pair and no third object: negation does without a distractor.
        var two = new SceneSampler(TestData.Library, SceneSplit.Create(["apple", "pear"], 1, 0, 0));
        Assert.All(Enumerable.Range(0, 20), i => Assert.Single(two.Sample(SceneKind.Negation, SplitPart.Train, 1, i).Image.Objects));
    }
}
