using System.Globalization;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>Netpbm's pictures, plain and raw: bits, gray, color (P1 to P6), as Pillow reads them and converts them to RGB.</summary>
/// <remarks>
/// Written by hand: SixLabors.ImageSharp 2.1 scales values by a whole number (a largest value of 100 or 1023 gives other pixels), reads
/// bits without spaces between them wrongly, and takes what is cut short. Source: Pillow, <c>PpmImagePlugin.py</c>, and netpbm's pages.
/// </remarks>
internal sealed class PnmDecoder : IPictureDecoder
{
    private const int MostValue = 65535;

    public string Formats => "PNM";

    public (int Width, int Height)? Measure(byte[] file) =>
        file is [(byte)'P', >= (byte)'1' and <= (byte)'6', (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'#', ..]
            ? new Reader(file).Size
            : null;

    public (int Width, int Height) Decode(byte[] file, Span<byte> rgba)
    {
        var reader = new Reader(file);
        int channels = reader.Kind % 3 == 0 ? 3 : 1;
        for (int y = 0, to = 0; y < reader.Height; y++)
        {
            reader.BeginRow();
            for (int x = 0; x < reader.Width; x++, to += 4)
            {
                byte first = reader.Sample();
                (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) =
                    channels == 1 ? (first, first, first, (byte)255) : (first, reader.Sample(), reader.Sample(), (byte)255);
            }
        }

        return (reader.Width, reader.Height);
    }

    private sealed class Reader
    {
        private readonly byte[] _file;
        private readonly int _most = 1;
        private int _at = 2;
        private int _bit;

        public Reader(byte[] file)
        {
            _file = file;
            Kind = file[1] - '0';
            Width = Number(int.MaxValue);
            Height = Number(int.MaxValue);
            if (Kind % 3 != 1)
                _most = Number(MostValue);
            if (Width < 1 || Height < 1 || _most < 1)
                throw new InvalidDataException("its width, height or largest value is 0");
            if (Kind > 3)
                _at++; // one white space behind the head
        }

        public int Kind { get; }

        public int Width { get; }

        public int Height { get; }

        public (int Width, int Height) Size => (Width, Height);

        // Bits begin at a byte in each row.
        public void BeginRow()
        {
            if (Kind == 4 && _bit > 0)
                (_at, _bit) = (_at + 1, 0);
        }

        public byte Sample()
        {
            int value = Kind switch
            {
                1 => Digit(),
                4 => Bit(),
                < 4 => Number(_most),
                _ when _most > 255 => (Byte() << 8) | Byte(),
                _ => Byte(),
            };
            if (_most == 1 && Kind % 3 == 1)
                return (byte)(value == 0 ? 255 : 0);
            if (value > _most && Kind > 3)
                value = _most;
            // Gray of more than 8 bits is 16 bits to Pillow, which clips them in RGB; colors are scaled. Halves go to even.
            if (_most > 255 && Kind % 3 == 2)
                return (byte)Math.Min(255, Math.Round((double)value / _most * MostValue));
            return _most == 255 ? (byte)value : (byte)Math.Round((double)value / _most * 255);
        }

        private int Byte() => _at < _file.Length ? _file[_at++] : throw Cut();

        private int Bit()
        {
            if (_at >= _file.Length)
                throw Cut();
            int bit = (_file[_at] >> (7 - _bit)) & 1;
            if (++_bit == 8)
                (_at, _bit) = (_at + 1, 0);
            return bit;
        }

        private int Digit()
        {
            SkipSpace();
            return Byte() switch
            {
                '0' => 0,
                '1' => 1,
                var other => throw new InvalidDataException($"the byte {other} at {_at - 1} is neither 0 nor 1"),
            };
        }

        private int Number(int most)
        {
            SkipSpace();
            int start = _at;
            while (_at < _file.Length && char.IsAsciiDigit((char)_file[_at]) && _at - start <= 10)
                _at++;
            if (_at == _file.Length && start == _at)
                throw Cut();
            return
                int.TryParse(_file.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                && value <= most
                ? value
                : throw new InvalidDataException($"at byte {start} a whole number of at most {most} is expected");
        }

        private void SkipSpace()
        {
            while (_at < _file.Length && (_file[_at] is (byte)'#' or (byte)' ' or (>= 9 and <= 13)))
            {
                if (_file[_at] == (byte)'#')
                {
                    int end = _file.AsSpan(_at).IndexOfAny((byte)'\n', (byte)'\r');
                    _at = end < 0 ? _file.Length : _at + end;
                }
                else
                {
                    _at++;
                }
            }
        }

        private static InvalidDataException Cut() => new("it is cut short");
    }
}
