using System.Buffers.Binary;
using System.IO.Compression;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>
/// Rows of a PNG as red, green and blue, one after another, with few of them in memory; an interlaced one as a whole. Stored values, of
/// which 16 bits are cut to the upper 8; gray of 16 bits is clipped at 255 instead, as Pillow converts it to RGB.
/// </summary>
/// <remarks>
/// Written by hand: Skia holds a picture as a whole, one that is interlaced thrice over, and of gray the upper byte only. What is refused
/// and what passes is as by libpng 1.6. Source: PNG, third edition.
/// </remarks>
internal sealed class PngReader : IDisposable
{
    private const int HeaderLength = 13,
        Gray = 0,
        TrueColor = 2,
        Indexed = 3,
        GrayAndAlpha = 4;

    // Adam7: first column and row, steps, and what a pixel stands for until others come.
    private static readonly (int X, int Y, int StepX, int StepY, int Wide, int Tall)[] Passes =
    [
        (0, 0, 8, 8, 8, 8),
        (4, 0, 8, 8, 4, 8),
        (0, 4, 4, 8, 4, 4),
        (2, 0, 4, 4, 2, 4),
        (0, 2, 2, 4, 2, 2),
        (1, 0, 2, 2, 1, 2),
        (0, 1, 1, 2, 1, 1),
    ];

    private readonly string _name;
    private readonly Action<string> _cutShort;
    private readonly PictureOptions _options;
    private readonly PngData _data;
    private readonly ZLibStream _unpacked;
    private readonly int _width,
        _height,
        _depth,
        _type,
        _pixel;
    private readonly bool _isOnWhite;

    // Of gray and palettes of up to 8 bits: the colors of values, three bytes each. Of others: the pixel that is transparent.
    private readonly byte[]? _colors,
        _hidden;
    private byte[] _stored = [],
        _row = [],
        _above = [];
    private int _rowsRead;
    private bool _isCut;

    /// <param name="name">What errors call it.</param>
    /// <param name="file">The file, whose head Skia took.</param>
    /// <param name="options">How it is decoded.</param>
    /// <param name="cutShort">Told how the file ends early; may throw.</param>
    /// <exception cref="InvalidDataException">It has no pixels, or no palette where it needs one.</exception>
    public PngReader(string name, byte[] file, PictureOptions options, Action<string> cutShort)
    {
        (_name, _options, _cutShort) = (name, options, cutShort);
        var chunks = new PngChunks(file);
        ReadOnlySpan<byte> header = default,
            palette = default,
            transparent = default;
        while (chunks.MoveNext() && !chunks.Is("IDAT"u8))
        {
            ReadOnlySpan<byte> data = chunks.Data.Span;
            if (header.IsEmpty && chunks.Is("IHDR"u8) && data.Length == HeaderLength)
                header = data;
            else if (palette.IsEmpty && chunks.Is("PLTE"u8) && chunks.IsIntact && data.Length % 3 == 0)
                palette = data;
            else if (transparent.IsEmpty && chunks.Is("tRNS"u8) && chunks.IsIntact && Fits(header, palette, data))
                transparent = data;
        }

        if (header.IsEmpty)
            throw Damaged("it has no header");
        (_width, _height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        (_depth, _type, IsInterlaced) = (header[8], header[9], header[12] != 0);
        int samples =
            _type == TrueColor ? 3
            : _type is Gray or Indexed ? 1
            : _type == GrayAndAlpha ? 2
            : 4;
        _pixel = Math.Max(1, samples * _depth / 8);
        bool isTransparent = _type >= GrayAndAlpha || !transparent.IsEmpty;
        _isOnWhite = isTransparent && options.Transparency == Transparency.OnWhite;
        if (_type == Indexed)
        {
            if (palette.IsEmpty)
                throw Damaged("it has no palette");
            _colors = OfPalette(palette, transparent);
        }
        else if (_type == Gray && _depth <= 8)
        {
            _colors = OfGray(transparent);
        }
        else if (!transparent.IsEmpty)
        {
            _hidden = _depth == 16 ? transparent.ToArray() : [transparent[1], transparent[3], transparent[5]];
        }

        _data = new PngData(chunks);
        _unpacked = new ZLibStream(_data, CompressionMode.Decompress);
    }

    /// <summary>Whether it comes in passes over the whole picture.</summary>
    public bool IsInterlaced { get; }

    /// <summary>Bytes that are held beside the pixels that are asked for.</summary>
    public long Held => 3 * (RowLength(_width) + PngFilters.Overhang) + (IsInterlaced ? 3L * _width : 0);

    /// <summary>Decodes the next rows of what is not interlaced.</summary>
    /// <param name="rgb">[rows, width, 3], to be filled; empty to pass over them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="InvalidDataException">It is damaged, or ends before and that is not allowed.</exception>
    public void ReadRows(Span<byte> rgb, int rows, CancellationToken cancellationToken)
    {
        for (int row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isThere = TryRead(_width, _rowsRead++);
            if (!rgb.IsEmpty)
            {
                Span<byte> to = rgb.Slice(row * _width * 3, _width * 3);
                if (isThere)
                    Convert(_row, to);
                else
                    to.Fill(Missing);
            }
            if (_rowsRead == _height)
                Finish();
        }
    }

    /// <summary>Decodes all.</summary>
    /// <param name="rgb">[height, width, 3], to be filled.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="InvalidDataException">It is damaged, or ends before and that is not allowed.</exception>
    public void ReadAll(Span<byte> rgb, CancellationToken cancellationToken)
    {
        if (!IsInterlaced)
        {
            ReadRows(rgb, _height, cancellationToken);
            return;
        }

        if (_options.AllowTruncated)
            rgb.Fill(Missing);
        byte[] pixels = new byte[_width * 3];
        foreach ((int x, int y, int stepX, int stepY, int wide, int tall) in Passes)
        {
            int columns = (_width - x + stepX - 1) / stepX;
            Array.Clear(_row);
            for (int top = y; top < _height && columns > 0; top += stepY)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!TryRead(columns, top))
                    return;
                Convert(_row, pixels.AsSpan(0, columns * 3));
                // Blocks are seen only where pixels are missing.
                (int right, int down) = _options.AllowTruncated ? (wide, tall) : (1, 1);
                for (int line = top; line < Math.Min(_height, top + down); line++)
                {
                    Span<byte> to = rgb.Slice(line * _width * 3, _width * 3);
                    for (int i = 0; i < columns; i++)
                    {
                        int left = x + (i * stepX);
                        for (int column = left; column < Math.Min(_width, left + right); column++)
                            pixels.AsSpan(i * 3, 3).CopyTo(to[(column * 3)..]);
                    }
                }
            }
        }

        Finish();
    }

    public void Dispose() => _unpacked.Dispose();

    // Of a picture with alpha what is missing is transparent.
    private byte Missing => (byte)(_isOnWhite ? 255 : 0);

    private static bool Fits(ReadOnlySpan<byte> header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparent) =>
        !header.IsEmpty
        && header[9] switch
        {
            Gray => header[8] <= 8 && transparent.Length == 2,
            TrueColor => transparent.Length == 6,
            Indexed => transparent.Length > 0 && transparent.Length <= Math.Min(palette.Length / 3, 1 << header[8]),
            _ => false,
        };

    private int RowLength(int columns) => (int)(((long)columns * (_colors is null ? _pixel * 8 : _depth) + 7) / 8);

    // A value beyond the palette has its last color.
    private byte[] OfPalette(ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparent)
    {
        byte[] colors = new byte[3 << _depth];
        for (int i = 0; i < 1 << _depth; i++)
        {
            int own = Math.Min(i, (palette.Length / 3) - 1);
            byte alpha = _isOnWhite && own < transparent.Length ? transparent[own] : (byte)255;
            Span<byte> color = colors.AsSpan(i * 3, 3);
            palette.Slice(own * 3, 3).CopyTo(color);
            PixelBytes.LayOnWhite(color, alpha);
        }

        return colors;
    }

    private byte[] OfGray(ReadOnlySpan<byte> transparent)
    {
        int most = (1 << _depth) - 1;
        byte[] colors = new byte[3 << _depth];
        for (int i = 0; i <= most; i++)
            colors.AsSpan(i * 3, 3).Fill((byte)(_isOnWhite && (transparent[1] & most) == i ? 255 : i * 255 / most));
        return colors;
    }

    // The next row with its filter undone, in _row.
    private bool TryRead(int columns, int row)
    {
        int length = RowLength(columns),
            room = length + PngFilters.Overhang;
        if (_stored.Length == 0)
        {
            int most = RowLength(_width) + PngFilters.Overhang;
            (_stored, _row, _above) = (new byte[1 + most], new byte[most], new byte[most]);
        }

        if (_isCut || !TryUnpack(_stored.AsSpan(0, 1 + length), row))
            return false;
        (_row, _above) = (_above, _row);
        if (!PngFilters.TryUndo(_stored[0], _stored.AsSpan(1, room), _above.AsSpan(0, room), _row.AsSpan(0, room), _pixel))
            throw Damaged($"row {row} has the filter {_stored[0]}");
        return true;
    }

    private bool TryUnpack(Span<byte> stored, int row)
    {
        string how = $"it ends in row {row} of {_height}";
        try
        {
            if (_unpacked.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) == stored.Length)
                return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            how = $"row {row} of {_height} can't be unpacked";
        }

        ThrowWhereDamaged();
        if (_data.IsFollowed)
            throw Damaged(how);
        _isCut = true;
        _cutShort(how);
        return false;
    }

    // The file may end behind its pixels, but what there is of their chunks must be whole. As libpng does, a wrong checksum of the pixels
    // is minded only where it comes with the last row.
    private void Finish()
    {
        if (_isCut)
            return;
        bool isOver = false;
        try
        {
            isOver = _unpacked.ReadByte() < 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException) { }

        if (isOver && _data.IsFollowed)
            throw Damaged("the checksum of its pixels is missing");
        _data.CheckRest();
        ThrowWhereDamaged();
    }

    private void ThrowWhereDamaged()
    {
        if (_data.Damage is { } damage)
            throw Damaged(damage);
    }

    private InvalidDataException Damaged(string how) => new($"{_name}: the picture is damaged or cut short: {how}.");

    private void Convert(ReadOnlySpan<byte> row, Span<byte> rgb)
    {
        if (_colors is not null)
        {
            LookUp(row, rgb);
            return;
        }

        int columns = rgb.Length / 3;
        row = row[..(columns * _pixel)];
        int sample = _depth / 8;
        if (_type == Gray)
        {
            for (int from = 0, to = 0; to < rgb.Length; from += 2, to += 3)
                rgb.Slice(to, 3).Fill(row[from] > 0 ? (byte)255 : row[from + 1]);
        }
        else if (_pixel == 3)
        {
            row.CopyTo(rgb);
        }
        else if (_pixel == 4 && sample == 1)
        {
            PixelBytes.Pack(row, rgb);
        }
        else
        {
            (int green, int blue) = _type == GrayAndAlpha ? (0, 0) : (sample, 2 * sample);
            for (int from = 0, to = 0; to < rgb.Length; from += _pixel, to += 3)
                (rgb[to], rgb[to + 1], rgb[to + 2]) = (row[from], row[from + green], row[from + blue]);
        }

        if (_isOnWhite)
            LayOnWhite(row, rgb);
    }

    private void LookUp(ReadOnlySpan<byte> row, Span<byte> rgb)
    {
        ReadOnlySpan<byte> colors = _colors;
        (int depth, int most) = (_depth, (1 << _depth) - 1);
        for (int to = 0, bit = 0; to < rgb.Length; to += 3, bit += depth)
        {
            int value = depth == 8 ? row[bit >> 3] : (row[bit >> 3] >> (8 - depth - (bit & 7))) & most;
            ReadOnlySpan<byte> color = colors.Slice(value * 3, 3);
            Span<byte> pixel = rgb.Slice(to, 3);
            (pixel[2], pixel[1], pixel[0]) = (color[2], color[1], color[0]);
        }
    }

    private void LayOnWhite(ReadOnlySpan<byte> row, Span<byte> rgb)
    {
        int pixel = _pixel;
        if (_hidden is not null)
        {
            for (int from = 0, to = 0; to < rgb.Length; from += pixel, to += 3)
                PixelBytes.LayOnWhite(rgb.Slice(to, 3), row.Slice(from, pixel).SequenceEqual(_hidden) ? (byte)0 : (byte)255);
            return;
        }

        int atAlpha = pixel - (_depth / 8);
        for (int to = 0; to < rgb.Length; atAlpha += pixel, to += 3)
            PixelBytes.LayOnWhite(rgb.Slice(to, 3), row[atAlpha]);
    }
}
