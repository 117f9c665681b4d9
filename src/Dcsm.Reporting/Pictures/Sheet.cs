using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>A drawing of pictures, marks and text, in units that are <see cref="Scale"/> pixels each.</summary>
internal sealed class Sheet : IDisposable
{
    public static readonly SKColor Paper = new(0xFF, 0xFF, 0xFF);
    public static readonly SKColor Ink = new(0x1C, 0x1E, 0x26);
    public static readonly SKColor Faint = new(0x6B, 0x70, 0x80);
    public static readonly SKColor Rule = new(0xE3, 0xE5, 0xEB);
    public static readonly SKColor Right = new(0x1A, 0x7F, 0x4B);
    public static readonly SKColor Wrong = new(0xC8, 0x36, 0x3A);
    public static readonly SKColor Accent = new(0x3B, 0x55, 0xC4);

    private readonly SKBitmap _bitmap;
    private readonly SKCanvas _canvas;
    private readonly PictureFont _font;

    public Sheet(float width, float height, float scale, PictureFont font)
    {
        Scale = scale;
        _font = font;
        _bitmap = new SKBitmap(
            new SKImageInfo((int)MathF.Ceiling(width * scale), (int)MathF.Ceiling(height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        _canvas = new SKCanvas(_bitmap);
        _canvas.Clear(Paper);
    }

    public float Scale { get; }

    public void Dispose()
    {
        _canvas.Dispose();
        _bitmap.Dispose();
    }

    public RgbImage ToImage()
    {
        _canvas.Flush();
        return Rasters.FromSkia(_bitmap);
    }

    public void Text(string text, float left, float baseline, float size, SKColor color, bool bold = false) =>
        _font.Draw(_canvas, text, left * Scale, baseline * Scale, size * Scale, color, bold);

    public void TextRight(string text, float right, float baseline, float size, SKColor color, bool bold = false) =>
        Text(text, right - _font.Measure(text, size * Scale, bold) / Scale, baseline, size, color, bold);

    public void TextCentered(string text, float center, float baseline, float size, SKColor color, bool bold = false) =>
        Text(text, center - _font.Measure(text, size * Scale, bold) / Scale / 2, baseline, size, color, bold);

    public static IReadOnlyList<string> Wrap(PictureFont font, string text, float width, float size, float scale, bool bold = false) =>
        font.Wrap(text, width * scale, size * scale, bold);

    public void Picture(RgbImage picture, float left, float top, float width, float height, float corner = 6)
    {
        SKRect box = new(left * Scale, top * Scale, (left + width) * Scale, (top + height) * Scale);
        using SKImage image = Rasters.ToSkia(picture);
        using SKRoundRect clip = new(box, corner * Scale);
        _canvas.Save();
        _canvas.ClipRoundRect(clip, SKClipOperation.Intersect, antialias: true);
        _canvas.DrawImage(image, box, new SKSamplingOptions(SKCubicResampler.Mitchell));
        _canvas.Restore();
    }

    public void Frame(float left, float top, float width, float height, SKColor color, float thickness = 1, float corner = 6)
    {
        using SKPaint paint = new()
        {
            Color = color,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = thickness * Scale,
        };
        _canvas.DrawRoundRect(left * Scale, top * Scale, width * Scale, height * Scale, corner * Scale, corner * Scale, paint);
    }

    public void Line(float left, float top, float right, float bottom, SKColor color, float thickness = 1)
    {
        using SKPaint paint = new()
        {
            Color = color,
            IsAntialias = true,
            StrokeWidth = thickness * Scale,
        };
        _canvas.DrawLine(left * Scale, top * Scale, right * Scale, bottom * Scale, paint);
    }

    /// <summary>A line through several points.</summary>
    public void Polyline(IReadOnlyList<(float X, float Y)> points, SKColor color, float thickness = 1)
    {
        if (points.Count < 2)
            return;
        using SKPathBuilder path = new();
        path.MoveTo(points[0].X * Scale, points[0].Y * Scale);
        foreach ((float x, float y) in points.Skip(1))
            path.LineTo(x * Scale, y * Scale);
        using SKPaint paint = new()
        {
            Color = color,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = thickness * Scale,
            StrokeJoin = SKStrokeJoin.Round,
        };
        using SKPath line = path.Detach();
        _canvas.DrawPath(line, paint);
    }

    public void Dot(float centerX, float centerY, float radius, SKColor color)
    {
        using SKPaint paint = new() { Color = color, IsAntialias = true };
        _canvas.DrawCircle(centerX * Scale, centerY * Scale, radius * Scale, paint);
    }

    /// <summary>A check (right) or a cross (wrong) in a disc.</summary>
    public void Mark(bool right, float centerX, float centerY, float radius)
    {
        float x = centerX * Scale,
            y = centerY * Scale,
            r = radius * Scale;
        using SKPaint disc = new() { Color = right ? Right : Wrong, IsAntialias = true };
        _canvas.DrawCircle(x, y, r, disc);
        using SKPaint stroke = new()
        {
            Color = SKColors.White,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = r * 0.28f,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        if (right)
        {
            _canvas.DrawLine(x - r * 0.45f, y + r * 0.02f, x - r * 0.1f, y + r * 0.38f, stroke);
            _canvas.DrawLine(x - r * 0.1f, y + r * 0.38f, x + r * 0.46f, y - r * 0.34f, stroke);
        }
        else
        {
            _canvas.DrawLine(x - r * 0.36f, y - r * 0.36f, x + r * 0.36f, y + r * 0.36f, stroke);
            _canvas.DrawLine(x - r * 0.36f, y + r * 0.36f, x + r * 0.36f, y - r * 0.36f, stroke);
        }
    }
}
