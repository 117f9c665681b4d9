using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws samples to look at: under a heading for each part and kind, image and opposite image with their captions.</summary>
public static class SceneSheetPicture
{
    private const float Side = 184,
        Gap = 20,
        Between = 4,
        Margin = 20,
        Heading = 40,
        Line = 16;

    /// <summary>Draws samples into a PNG file.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="renderer">Draws the scenes.</param>
    /// <param name="samples">What to show, with the part of each; neighbors of one part and kind share a heading.</param>
    /// <param name="columns">Samples a row.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static void Write(
        string path,
        SceneRenderer renderer,
        IReadOnlyList<(SplitPart Part, SceneSample Sample)> samples,
        int columns = 3
    ) => AtomicFile.Write(path, Rasters.ToPng(Draw(renderer, samples, columns, PictureFont.System)));

    internal static RgbImage Draw(
        SceneRenderer renderer,
        IReadOnlyList<(SplitPart Part, SceneSample Sample)> samples,
        int columns,
        PictureFont font
    )
    {
        const float Scale = 2;
        ArgumentNullException.ThrowIfNull(renderer);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (samples.Count == 0)
            throw new ArgumentException("There is no sample to draw.", nameof(samples));

        List<(string Title, List<Card> Cards)> groups = [];
        foreach ((SplitPart part, SceneSample sample) in samples)
        {
            string title = $"{SceneNames.Of(sample.Kind)}, {SceneWords.Of(part)}";
            if (groups.Count == 0 || groups[^1].Title != title)
                groups.Add((title, []));
            groups[^1].Cards.Add(new Card(sample, Wrapped(sample.Captions), Wrapped(sample.OppositeCaptions)));
        }

        columns = Math.Min(columns, groups.Max(group => group.Cards.Count));
        const float Width = (2 * Side) + Between;
        using Sheet sheet = new(
            (2 * Margin) + (columns * Width) + ((columns - 1) * Gap),
            (2 * Margin) - Gap + groups.Sum(group => Heading + group.Cards.Chunk(columns).Sum(row => row.Max(card => card.Height) + Gap)),
            Scale,
            font
        );
        float top = Margin;
        foreach ((string title, List<Card> cards) in groups)
        {
            sheet.Text(title, Margin, top + 16, 15, Sheet.Ink, bold: true);
            top += Heading - 10;
            foreach (Card[] row in cards.Chunk(columns))
            {
                for (int i = 0; i < row.Length; i++)
                    Draw(sheet, renderer, row[i], Margin + (i * (Width + Gap)), top);
                top += row.Max(card => card.Height) + Gap;
            }

            top += 10;
        }

        return sheet.ToImage();

        // All wordings, the first of them bold; what stands beside begins where one sees it.
        List<(string Text, bool First)> Wrapped(IReadOnlyList<string> captions) =>
            [
                .. captions.SelectMany(
                    (text, i) => Sheet.Wrap(font, text, Side - 10, 12, Scale, bold: i == 0).Select(line => (line, i == 0))
                ),
            ];
    }

    private static void Draw(Sheet sheet, SceneRenderer renderer, Card card, float left, float top)
    {
        foreach (
            (Scene scene, List<(string Text, bool First)> lines, float x) in ((Scene, List<(string, bool)>, float)[])
                [(card.Sample.Image, card.Captions, left), (card.Sample.Opposite, card.OppositeCaptions, left + Side + Between)]
        )
        {
            sheet.Picture(new RgbImage(renderer.ImageSize, renderer.ImageSize, renderer.Render(scene)), x, top, Side, Side);
            for (int i = 0; i < lines.Count; i++)
            {
                float baseline = top + Side + 18 + (Line * i);
                sheet.Text(lines[i].Text, x, baseline, 12, lines[i].First ? Sheet.Ink : Sheet.Faint, lines[i].First);
            }
        }
    }

    private sealed record Card(
        SceneSample Sample,
        List<(string Text, bool First)> Captions,
        List<(string Text, bool First)> OppositeCaptions
    )
    {
        public float Height => Side + 8 + (Line * Math.Max(Captions.Count, OppositeCaptions.Count));
    }
}
